package io.leasehold.source.reader;

import io.leasehold.source.event.LeaseSourceEvent.BarrierAhead;
import io.leasehold.source.event.LeaseSourceEvent.DropRequested;
import io.leasehold.source.event.LeaseSourceEvent.FinishRecorded;
import io.leasehold.source.event.LeaseSourceEvent.FreezeRequested;
import io.leasehold.source.event.LeaseSourceEvent.FreezeWithdrawn;
import io.leasehold.source.event.LeaseSourceEvent.GrantExtended;
import io.leasehold.source.event.LeaseSourceEvent.GrantWithdrawn;
import io.leasehold.source.event.LeaseSourceEvent.StopRequested;
import io.leasehold.source.event.LeaseSourceEvent.Stopped;
import io.leasehold.source.event.LeaseSourceEvent.ToReader;

import org.apache.flink.api.connector.source.SourceReaderContext;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** What the enumerator says to this reader, and what the reader does then. Task thread only. */
record EnumeratorWords(
        String readerId,
        SourceReaderContext context,
        ReaderGrant grant,
        ReaderSplits<?, ?> splits,
        IdleMark idle,
        Supplier<Optional<? extends GatedOutput<?>>> output)
        implements ToReader.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(EnumeratorWords.class);

    @Override
    public void told(GrantExtended extended) {
        grant.extended(extended.askedAt(), extended.nanos());
    }

    @Override
    public void told(GrantWithdrawn end) {
        LOG.warn("Reader {} stops at once: {}", readerId, end.why());
        grant.withdrawn(end.why());
    }

    @Override
    public void told(FreezeRequested request) {
        splits.asked(request.requests());
    }

    @Override
    public void told(FreezeWithdrawn back) {
        splits.thawed(back.splitIds());
    }

    @Override
    public void told(StopRequested request) {
        splits.stop(request.requests());
        context.sendSourceEventToCoordinator(
                new Stopped(readerId, Set.copyOf(request.requests().values())));
    }

    @Override
    public void told(DropRequested gone) {
        splits.drop(gone.splitIds());
    }

    @Override
    public void told(FinishRecorded recorded) {
        splits.finishRecorded(recorded.splitIds());
    }

    @Override
    public void told(BarrierAhead barrier) {
        idle.barrierAhead(barrier.checkpointId(), output.get());
    }
}
