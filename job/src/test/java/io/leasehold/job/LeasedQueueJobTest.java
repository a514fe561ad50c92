package io.leasehold.job;

import io.leasehold.source.CheckpointingRefusedException;

import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is said of the job before it is submitted. */
class LeasedQueueJobTest {

    @Test
    void withUnalignedCheckpointsTheJobIsNotBuilt() {
        assertThatThrownBy(() -> LeasedQueueJob.build(unaligned(), SomeOptions.with()))
                .isInstanceOf(CheckpointingRefusedException.class)
                .hasMessageContaining("execution.checkpointing.unaligned.enabled is true");
    }

    @Test
    void whoAcceptsTheLossMayHaveThem() {
        assertThat(
                        LeasedQueueJob.build(
                                unaligned(),
                                SomeOptions.with(
                                        "--lease.unaligned-checkpoints", "lose-records",
                                        "--job.name", "orders")))
                .isEqualTo("orders");
    }

    private static StreamExecutionEnvironment unaligned() {
        Configuration settings = new Configuration();
        settings.set(CheckpointingOptions.ENABLE_UNALIGNED, true);
        return StreamExecutionEnvironment.getExecutionEnvironment(settings);
    }
}
