package io.leasehold.source.reader;

import io.leasehold.source.event.GrantCall;
import io.leasehold.source.event.GrantMailbox;

import org.apache.flink.runtime.taskexecutor.GlobalAggregateManager;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Asks by calls to the JobManager that cannot fail the task, however late they are answered: at
 * most one at a time.
 *
 * <p>The asking thread only.
 */
final class JobMasterLine implements GrantLine {

    private static final Logger LOG = LoggerFactory.getLogger(JobMasterLine.class);

    private static final long SHORTEST_PAUSE = Duration.ofMillis(1).toNanos();
    private static final long LONGEST_PAUSE = Duration.ofMillis(50).toNanos();

    private final String readerId;
    private final GlobalAggregateManager jobMaster;
    private final Duration extendInterval;
    private final LongSupplier nanoClock;

    JobMasterLine(
            String readerId,
            GlobalAggregateManager jobMaster,
            Duration extendInterval,
            LongSupplier nanoClock) {
        this.readerId = readerId;
        this.jobMaster = jobMaster;
        this.extendInterval = extendInterval;
        this.nanoClock = nanoClock;
    }

    @Override
    public void ask(long askedAt, Granted granted) {
        try {
            String request = GrantCall.ask(readerId, askedAt);
            long answer = call(request);
            long pause = SHORTEST_PAUSE;
            // An unknown reader is about to be known.
            while (answer < 0
                    && nanoClock.getAsLong() - askedAt < extendInterval.toNanos()
                    && pause(pause)) {
                pause = Math.min(2 * pause, LONGEST_PAUSE);
                answer = call(request);
            }
            if (answer > 0) {
                granted.until(askedAt, answer);
            }
        } catch (IOException e) {
            LOG.info(
                    "Reader {} had no answer from the JobManager for its grant; it asks again.",
                    readerId);
            LOG.debug("Why:", e);
        }
    }

    @Override
    public void closing() {
        try {
            String word = GrantCall.closing(readerId);
            boolean waits = true;
            while (waits && call(word) != GrantMailbox.UNKNOWN) {
                waits = pause(SHORTEST_PAUSE);
            }
        } catch (IOException e) {
            LOG.debug("Reader {} could not say that it is closed; its grant runs on.", readerId, e);
        }
    }

    /** Returns whether the thread is not interrupted. */
    private static boolean pause(long nanos) {
        LockSupport.parkNanos(nanos);
        return !Thread.currentThread().isInterrupted();
    }

    private long call(String request) throws IOException {
        Long answer = jobMaster.updateGlobalAggregate(GrantCall.NAME, request, new GrantCall());
        return answer;
    }
}
