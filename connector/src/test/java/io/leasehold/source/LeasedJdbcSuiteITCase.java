package io.leasehold.source;

import io.leasehold.testkit.CheckpointedMiniCluster;

import org.apache.flink.connector.testframe.external.ExternalContextFactory;
import org.apache.flink.connector.testframe.junit.annotations.TestContext;
import org.apache.flink.connector.testframe.junit.annotations.TestEnv;
import org.apache.flink.connector.testframe.junit.annotations.TestSemantics;
import org.apache.flink.connector.testframe.testsuites.SourceTestSuiteBase;
import org.apache.flink.core.execution.CheckpointingMode;

import org.junit.jupiter.api.Timeout;

/** Flink's suite for sources, on a leased source around JdbcSource and a table. */
@Timeout(300)
class LeasedJdbcSuiteITCase extends SourceTestSuiteBase<String> {

    @TestEnv CheckpointedMiniCluster flink = new CheckpointedMiniCluster();

    @TestSemantics
    CheckpointingMode[] semantics = new CheckpointingMode[] {CheckpointingMode.EXACTLY_ONCE};

    @TestContext ExternalContextFactory<JdbcContext> tables = name -> new JdbcContext();
}
