package io.leasehold.source.reader;

import io.leasehold.source.event.LeaseSourceEvent.GrantRequested;

import org.apache.flink.api.connector.source.SourceReaderContext;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks by events, where the reader's context is not Flink's own and there is no other way: one that
 * is not delivered within {@code pekko.ask.timeout} fails the task.
 */
final class EventLine implements GrantLine {

    private static final Logger LOG = LoggerFactory.getLogger(EventLine.class);

    private final String readerId;
    private final SourceReaderContext context;

    EventLine(String readerId, SourceReaderContext context) {
        this.readerId = readerId;
        this.context = context;
    }

    /** The answer comes as an event. */
    @Override
    public void ask(long askedAt, Granted granted) {
        try {
            context.sendSourceEventToCoordinator(new GrantRequested(readerId, askedAt));
        } catch (RuntimeException e) {
            LOG.warn("Reader {} could not ask for its grant; it asks again.", readerId, e);
        }
    }

    @Override
    public void closing() {}
}
