package io.leasehold.source;

import org.apache.flink.api.connector.source.RichSourceReaderContext;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.runtime.jobgraph.JobType;
import org.apache.flink.streaming.api.operators.StreamingRuntimeContext;

import java.time.Duration;

/** Whether a job takes checkpoints: without them progress would never be recorded. */
final class CheckpointingEnabled {

    private CheckpointingEnabled() {}

    /**
     * @throws IllegalStateException if the job is known to take none
     */
    static void require(SourceReaderContext context) {
        if (context instanceof RichSourceReaderContext rich
                && rich.getRuntimeContext() instanceof StreamingRuntimeContext runtime) {
            if (runtime.getJobType() == JobType.BATCH) {
                throw new IllegalStateException(
                        "A leased source needs checkpoints, and a job in batch mode takes none, whatever is set. Set %s to STREAMING; the job ends all the same when all splits are at their ends."
                                .formatted(ExecutionOptions.RUNTIME_MODE.key()));
            }
            if (!enabled(runtime.getJobConfiguration())) {
                throw new IllegalStateException(
                        "A leased source needs checkpoints, and %s is not set: progress is recorded when a checkpoint completes, so without them every takeover would start from the beginning. Set it, to 10 s for example."
                                .formatted(CheckpointingOptions.CHECKPOINTING_INTERVAL.key()));
            }
        }
    }

    private static boolean enabled(ReadableConfig job) {
        return job.getOptional(CheckpointingOptions.CHECKPOINTING_INTERVAL)
                .filter(interval -> interval.compareTo(Duration.ZERO) > 0)
                .isPresent();
    }
}
