package io.leasehold.sink;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.sink.output.PreparedOutput;

import java.time.Duration;
import java.util.Optional;

/**
 * Whether prepared output is kept for long enough that another job can still commit what was
 * decided. Checked when a job starts.
 *
 * <p>A transaction begins with the first record behind a checkpoint and is decided when the next
 * one completes. If the job dies then, its lease has to run out, another member notices with its
 * next tick and closes it, and adopts the output with the one after that.
 */
public final class TransactionTimeout {

    /**
     * For what may come in between: a table that cannot be reached, a checkpoint that takes long.
     */
    public static final Duration MARGIN = Duration.ofMinutes(1);

    private TransactionTimeout() {}

    /** How long prepared output must be kept at least. */
    public static Duration required(LeaseTerms terms, Duration checkpointInterval) {
        return checkpointInterval
                .plus(terms.deadAfter(terms.duration()))
                .plus(terms.renewInterval().multipliedBy(2))
                .plus(MARGIN);
    }

    /**
     * Why a sink's time-out is too short: one sentence, or empty if it is not.
     *
     * @param option what sets the time-out, such as {@code transaction.timeout.ms}
     * @param keptFor see {@link PreparedOutput#keptFor()}
     */
    public static Optional<String> objection(
            String option, Duration keptFor, LeaseTerms terms, Duration checkpointInterval) {
        Duration required = required(terms, checkpointInterval);
        return keptFor.compareTo(required) > 0
                ? Optional.empty()
                : Optional.of(
                        "%s is %s ms, but must be more than %s ms: the checkpoint interval (%s ms), the time until the job counts as dead, which follows from %s (%s ms), two of its ticks (%s ms each), and a margin of %s ms. Otherwise the output of a job that dies may be aborted before another job has committed it."
                                .formatted(
                                        option,
                                        keptFor.toMillis(),
                                        required.toMillis(),
                                        checkpointInterval.toMillis(),
                                        LeaseTerms.DURATION,
                                        terms.deadAfter(terms.duration()).toMillis(),
                                        terms.renewInterval().toMillis(),
                                        MARGIN.toMillis()));
    }
}
