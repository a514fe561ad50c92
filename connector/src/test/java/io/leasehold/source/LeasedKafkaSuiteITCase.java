package io.leasehold.source;

import io.leasehold.testkit.CheckpointedMiniCluster;
import io.leasehold.testkit.EmbeddedKafka;

import org.apache.flink.connector.testframe.external.ExternalContextFactory;
import org.apache.flink.connector.testframe.junit.annotations.TestContext;
import org.apache.flink.connector.testframe.junit.annotations.TestEnv;
import org.apache.flink.connector.testframe.junit.annotations.TestSemantics;
import org.apache.flink.connector.testframe.testsuites.SourceTestSuiteBase;
import org.apache.flink.core.execution.CheckpointingMode;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/** Flink's suite for sources, on a leased source around KafkaSource and a real broker. */
@Timeout(300)
class LeasedKafkaSuiteITCase extends SourceTestSuiteBase<String> {

    private EmbeddedKafka kafka;

    @TestEnv CheckpointedMiniCluster flink = new CheckpointedMiniCluster();

    @TestSemantics
    CheckpointingMode[] semantics = new CheckpointingMode[] {CheckpointingMode.EXACTLY_ONCE};

    @TestContext ExternalContextFactory<KafkaContext> topics = name -> new KafkaContext(kafka);

    @BeforeAll
    void startKafka() {
        kafka = EmbeddedKafka.start();
    }

    @AfterAll
    void stopKafka() {
        kafka.close();
    }
}
