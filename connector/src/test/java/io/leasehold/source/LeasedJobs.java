package io.leasehold.source;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;

import java.time.Duration;

/** The job that the tests of the source run: fast checkpoints, no restarts unless asked for. */
final class LeasedJobs {

    private LeasedJobs() {}

    static Configuration settings(int restarts) {
        Configuration settings = new Configuration();
        settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(200));
        if (restarts == 0) {
            settings.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        } else {
            settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
            settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, restarts);
            settings.set(
                    RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY,
                    Duration.ofMillis(100));
        }
        return settings;
    }

    /** Two TaskManagers of four slots each. */
    static MiniClusterExtension cluster() {
        return new MiniClusterExtension(
                new MiniClusterResourceConfiguration.Builder()
                        .setNumberTaskManagers(2)
                        .setNumberSlotsPerTaskManager(4)
                        .build());
    }

    static <T> DataStream<T> stream(
            StreamExecutionEnvironment env, Source<T, ?, ?> source, int parallelism) {
        return env.fromSource(source, WatermarkStrategy.noWatermarks(), "leased")
                .setParallelism(parallelism);
    }
}
