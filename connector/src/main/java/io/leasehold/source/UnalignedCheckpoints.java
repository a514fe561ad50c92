package io.leasehold.source;

import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.core.execution.CheckpointingMode;

import java.util.Optional;

/**
 * What a leased source does in a job whose checkpoints may be unaligned.
 *
 * <p>An unaligned checkpoint keeps the records that are in flight between two tasks in the job's
 * own state, and the positions of the splits are behind them. If the job dies for good, another job
 * resumes the splits from these positions, and the records in flight are lost. This is so for every
 * sink and every {@link ProgressRecording}.
 *
 * <p>The job's configuration alone decides. A source does not see the job's graph; but where it is
 * chained to its sink no channel lies between them, and unaligned checkpoints change nothing.
 */
public enum UnalignedCheckpoints {
    /** Unaligned checkpoints are refused when the job starts. */
    REFUSE,
    /** The job runs, and records in flight are lost when other jobs take its splits over. */
    LOSE_RECORDS;

    private static final String OBJECTION =
            "%s is true, and unaligned checkpoints lose records in flight when another job takes splits over; set it to false, which changes nothing where a source is chained to its sink, or accept the loss with lease.unaligned-checkpoints = lose-records (in the builder, UnalignedCheckpoints.LOSE_RECORDS)"
                    .formatted(CheckpointingOptions.ENABLE_UNALIGNED.key());

    /**
     * Why a job must not run: a sentence without a full stop, or empty if it may.
     *
     * @param job the job's configuration
     */
    public Optional<String> objectionTo(ReadableConfig job) {
        return this == REFUSE && areEnabledIn(job) ? Optional.of(OBJECTION) : Optional.empty();
    }

    /**
     * Whether a checkpoint of this job can be unaligned. The time-out after which an aligned one
     * turns unaligned has effect only where they are enabled, and with at-least-once checkpoints
     * Flink ignores the switch.
     */
    static boolean areEnabledIn(ReadableConfig job) {
        return job.get(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE)
                        == CheckpointingMode.EXACTLY_ONCE
                && job.get(CheckpointingOptions.ENABLE_UNALIGNED);
    }
}
