package io.leasehold.source;

import org.apache.flink.api.connector.source.RichSourceReaderContext;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.runtime.jobgraph.JobType;
import org.apache.flink.streaming.api.operators.StreamingRuntimeContext;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;

/**
 * Whether a job takes checkpoints that leases can rely on: without any, positions would never be
 * recorded; and unaligned ones keep records in flight from the job that takes splits over.
 */
final class RequiredCheckpoints {

    private static final Logger LOG = LoggerFactory.getLogger(RequiredCheckpoints.class);

    private RequiredCheckpoints() {}

    /**
     * @throws CheckpointingRefusedException if the job is known to take none, or may take unaligned
     *     ones where these are refused
     */
    static void require(SourceReaderContext context, UnalignedCheckpoints unaligned) {
        if (context instanceof RichSourceReaderContext rich
                && rich.getRuntimeContext() instanceof StreamingRuntimeContext runtime) {
            if (runtime.getJobType() == JobType.BATCH) {
                throw new CheckpointingRefusedException(
                        "A leased source needs checkpoints, and a job in batch mode takes none, whatever is set. Set %s to STREAMING; the job ends all the same when all splits are at their ends."
                                .formatted(ExecutionOptions.RUNTIME_MODE.key()));
            }
            ReadableConfig job = runtime.getJobConfiguration();
            if (!enabled(job)) {
                throw new CheckpointingRefusedException(
                        "A leased source needs checkpoints, and %s is not set: positions are recorded when a checkpoint completes, so without them every takeover would start from the beginning. Set it, to 10 s for example."
                                .formatted(CheckpointingOptions.CHECKPOINTING_INTERVAL.key()));
            }
            requireAligned(job, unaligned);
            if (UnalignedCheckpoints.areEnabledIn(job) && context.getIndexOfSubtask() == 0) {
                LOG.warn(
                        "Checkpoints may be unaligned, and lease.unaligned-checkpoints accepts that records in flight are lost when another job takes splits of this one over.");
            }
        }
    }

    /**
     * @throws CheckpointingRefusedException if checkpoints may be unaligned, and these are refused
     */
    static void requireAligned(ReadableConfig job, UnalignedCheckpoints unaligned) {
        unaligned
                .objectionTo(job)
                .ifPresent(
                        objection -> {
                            throw new CheckpointingRefusedException(
                                    "A leased source cannot be used in this job: "
                                            + objection
                                            + ".");
                        });
    }

    private static boolean enabled(ReadableConfig job) {
        return job.getOptional(CheckpointingOptions.CHECKPOINTING_INTERVAL)
                .filter(interval -> interval.compareTo(Duration.ZERO) > 0)
                .isPresent();
    }
}
