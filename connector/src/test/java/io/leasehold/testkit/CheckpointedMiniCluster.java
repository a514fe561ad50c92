package io.leasehold.testkit;

import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.testframe.environment.MiniClusterTestEnvironment;
import org.apache.flink.connector.testframe.environment.TestEnvironmentSettings;
import org.apache.flink.runtime.minicluster.RpcServiceSharing;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

import java.time.Duration;

/**
 * The connector test suite's MiniCluster, with checkpoints in every job: the suite's bounded cases
 * take none, and a leased source refuses to run without.
 */
public final class CheckpointedMiniCluster extends MiniClusterTestEnvironment {

    private static final Duration INTERVAL = Duration.ofMillis(100);

    public CheckpointedMiniCluster() {
        super(
                new MiniClusterResourceConfiguration.Builder()
                        .setConfiguration(new Configuration())
                        .setNumberTaskManagers(1)
                        .setNumberSlotsPerTaskManager(6)
                        .setRpcServiceSharing(RpcServiceSharing.DEDICATED)
                        .withHaLeadershipControl()
                        .build());
    }

    @Override
    public StreamExecutionEnvironment createExecutionEnvironment(TestEnvironmentSettings settings) {
        StreamExecutionEnvironment env = super.createExecutionEnvironment(settings);
        Configuration checkpoints = new Configuration();
        checkpoints.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, INTERVAL);
        env.configure(checkpoints);
        return env;
    }
}
