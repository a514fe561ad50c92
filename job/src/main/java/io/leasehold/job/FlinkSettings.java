package io.leasehold.job;

import io.leasehold.job.JobOptions.RestartStrategy;

import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.CheckpointingMode;

/** The job's settings in Flink's own words. */
final class FlinkSettings {

    private FlinkSettings() {}

    static Configuration of(JobSettings.Running running) {
        Configuration flink = new Configuration();
        running.parallelism().ifPresent(it -> flink.set(CoreOptions.DEFAULT_PARALLELISM, it));
        // Every type that crosses the network is declared.
        flink.set(PipelineOptions.GENERIC_TYPES, false);

        flink.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        flink.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, running.checkpointInterval());
        flink.set(CheckpointingOptions.CHECKPOINTING_TIMEOUT, running.checkpointTimeout());
        flink.set(
                CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE,
                CheckpointingMode.EXACTLY_ONCE);
        flink.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                running.retainCheckpoint()
                        ? ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION
                        : ExternalizedCheckpointRetention.DELETE_ON_CANCELLATION);
        running.checkpointDir()
                .ifPresent(
                        directory -> {
                            flink.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
                            flink.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, directory);
                        });
        running.restoreFrom()
                .ifPresent(path -> flink.set(StateRecoveryOptions.SAVEPOINT_PATH, path));

        RestartStrategy strategy = running.restartStrategy();
        switch (strategy) {
            case NONE -> flink.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
            case FIXED_DELAY -> {
                flink.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
                flink.set(
                        RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS,
                        running.restartAttempts());
                flink.set(
                        RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY,
                        running.restartDelay());
            }
            case EXPONENTIAL_DELAY -> {
                flink.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
                flink.set(
                        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
                        running.restartDelay());
            }
        }
        return flink;
    }
}
