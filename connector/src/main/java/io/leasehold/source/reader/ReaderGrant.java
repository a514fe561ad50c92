package io.leasehold.source.reader;

import io.leasehold.source.metrics.ReaderMetrics;
import io.leasehold.source.thread.OwnThread;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Whether this reader may emit: its gate, and the asking that keeps it open.
 *
 * <p>A grant is asked for every extend interval, dated from before it was asked for, and over by
 * the reader's own clock. If no answer comes, whatever the reason, the gate shuts at the deadline
 * and opens again when one does.
 *
 * <p>Task thread only. The asking has a thread of its own, so that a task thread that waits for its
 * output does not lose the grant.
 */
final class ReaderGrant {

    /** How long to wait at the end until the enumerator sends nothing more. */
    private static final Duration LAST_WORD = Duration.ofSeconds(1);

    private final LongSupplier nanoClock;
    private final LeaseGate gate;
    private final Duration extendInterval;
    private final GrantLine line;
    private final OwnThread asking;
    private final ReaderMetrics metrics;
    private final Runnable wake;

    private Optional<String> withdrawn = Optional.empty();

    /** Nothing is asked for any more: the task may finish before the answer. */
    private volatile boolean finished;

    /**
     * @param nanoClock this machine's monotonic clock
     * @param asking shut down at the end
     * @param wake run on any thread when the gate may have opened
     */
    ReaderGrant(
            LongSupplier nanoClock,
            Duration extendInterval,
            GrantLine line,
            OwnThread asking,
            ReaderMetrics metrics,
            Runnable wake) {
        this.nanoClock = nanoClock;
        this.gate = new LeaseGate(nanoClock);
        this.extendInterval = extendInterval;
        this.line = line;
        this.asking = asking;
        this.metrics = metrics;
        this.wake = wake;
    }

    LeaseGate gate() {
        return gate;
    }

    boolean open() {
        return gate.open();
    }

    void askFromNowOn() {
        asking.runEvery(extendInterval, this::ask);
    }

    /**
     * Asks at once where there is no grant yet. A grant is for everything assigned: the first split
     * need not wait its turn, nor until the wrapped reader has connected to where it is.
     */
    void splitsAdded() {
        if (!gate.open()) {
            asking.run(this::ask);
        }
    }

    /** On the asking thread, so that one request at most is unanswered. */
    private void ask() {
        if (!finished) {
            line.ask(nanoClock.getAsLong(), this::granted);
        }
    }

    private void granted(long askedAt, long nanos) {
        gate.offer(askedAt, nanos);
        wake.run();
    }

    /** Whether an answer has come that {@link #take} would count. */
    boolean mayBeTaken() {
        return gate.hasOffer() && withdrawn.isEmpty();
    }

    /** What has been answered since counts from now on. */
    void take() {
        if (withdrawn.isEmpty() && gate.takeOffer()) {
            metrics.grantedUntil(gate.deadline());
        }
    }

    /** The enumerator extends it without having been asked. */
    void extended(long askedAt, long nanos) {
        if (withdrawn.isEmpty()) {
            if (gate.extend(askedAt, nanos)) {
                metrics.grantedUntil(askedAt + nanos);
            }
            if (gate.open()) {
                wake.run();
            }
        }
    }

    /** It is over, and no other one counts. */
    void withdrawn(String why) {
        withdrawn = Optional.of(why);
        gate.shut();
        metrics.grantedUntil(nanoClock.getAsLong());
    }

    /**
     * @throws IllegalStateException if it was withdrawn
     */
    void checkpointMayComplete() {
        if (withdrawn.isPresent()) {
            throw new IllegalStateException(
                    "This checkpoint must not complete, since it would commit what was emitted without a lease: "
                            + withdrawn.get());
        }
    }

    /** The end of the input is reported without a grant. */
    void endOfInput() {
        finished = true;
    }

    /** Shuts the gate for good. */
    void close() {
        gate.close();
        finished = true;
    }

    /** Says so, and waits for a while until the enumerator sends nothing more. */
    void sayClosed() {
        asking.run(line::closing);
    }

    void endAsking() {
        asking.end(LAST_WORD);
    }
}
