package io.leasehold.table;

import io.leasehold.source.LeasedSource;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.streaming.api.transformations.SourceTransformation;
import org.apache.flink.table.api.ExplainDetail;
import org.apache.flink.table.api.PlanReference;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.api.config.OptimizerConfigOptions;
import org.apache.flink.testutils.logging.LoggerAuditingExtension;
import org.apache.flink.types.Row;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.event.Level;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What Flink's planner makes of leased tables. A job that scans one group twice would have half of
 * it in each scan, whatever its query says: it scans it once, or is refused.
 */
class LeasedTablePlanTest {

    @RegisterExtension
    private final LoggerAuditingExtension said =
            new LoggerAuditingExtension(LeasedSource.class.getPackageName(), Level.WARN);

    private static final String JOINED_WITH_ITSELF =
            "SELECT a.`first` FROM words a JOIN words b ON a.`first` = b.`second`";

    @Test
    void aTableThatIsUsedTwiceIsScannedOnce() {
        StreamExecutionEnvironment job = job(new Configuration(), JOINED_WITH_ITSELF);

        assertThat(sources(job)).hasSize(1);
        assertThat(job.getStreamGraph(false).getJobGraph().getNumberOfVertices()).isPositive();
    }

    @Test
    void aJobThatScansATableTwiceIsRefused() {
        Configuration eachItsOwn = new Configuration();
        eachItsOwn.set(OptimizerConfigOptions.TABLE_OPTIMIZER_REUSE_SOURCE_ENABLED, false);
        StreamExecutionEnvironment job = job(eachItsOwn, JOINED_WITH_ITSELF);

        assertThat(sources(job)).hasSize(2);
        assertRefused(job, "words");
    }

    @Test
    void aJobThatScansTwoTablesOfAGroupIsRefused() {
        assertRefused(
                job(
                        new Configuration(),
                        "SELECT `first` FROM words UNION ALL SELECT `second` FROM again"),
                "words");
    }

    @Test
    void aJobMayScanTwoGroups() {
        StreamExecutionEnvironment job =
                job(
                        new Configuration(),
                        "SELECT `first` FROM words UNION ALL SELECT `second` FROM others");

        assertThat(sources(job)).hasSize(2);
        assertThat(job.getStreamGraph(false).getJobGraph().getNumberOfVertices()).isPositive();
    }

    @Test
    void aQueryMaySayWhoItIs() {
        StreamTableEnvironment tables =
                tables(StreamExecutionEnvironment.getExecutionEnvironment());
        DataStream<Row> rows =
                tables.toChangelogStream(
                        tables.sqlQuery(
                                "SELECT * FROM words /*+ OPTIONS('lease.member.id' = 'green') */"));

        assertThat(rows.getTransformation().getTransitivePredecessors())
                .filteredOn(SourceTransformation.class::isInstance)
                .singleElement()
                .extracting(scan -> ((SourceTransformation<?, ?, ?>) scan).getSource())
                .extracting(source -> ((LeasedSource<?, ?, ?>) source).options().memberId())
                .isEqualTo("green");
    }

    /** Flink's uids are not the group's, so that only the member's name is left to tell twins. */
    @Test
    void aCompiledPlanNeedsAMember() {
        StreamTableEnvironment tables =
                tables(StreamExecutionEnvironment.getExecutionEnvironment());
        tables.executeSql("CREATE TABLE sink (`first` STRING) WITH ('connector' = 'blackhole')");
        String plan =
                tables.compilePlanSql("INSERT INTO sink SELECT `first` FROM words").asJsonString();

        assertThatThrownBy(() -> translated(tables, plan))
                .hasStackTraceContaining("lease.member.id is missing");
        tables.executeSql("ALTER TABLE words SET ('lease.member.id' = 'green')");
        assertThat(translated(tables, plan)).contains("project=[first]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "(window) | SELECT `first`, COUNT(*) FROM TABLE(TUMBLE(TABLE timed, DESCRIPTOR(seen), INTERVAL '1' MINUTE)) GROUP BY `first`, window_start, window_end",
                "(window) | SELECT `first`, COUNT(*) OVER (PARTITION BY `first` ORDER BY seen) FROM timed",
                "(join)   | SELECT a.`first` FROM timed a JOIN timed b ON a.`first` = b.`second`",
                "(join)   | SELECT a.`first` FROM timed a JOIN timed b ON a.`first` = b.`second` AND a.seen BETWEEN b.seen AND b.seen + INTERVAL '1' MINUTE",
                "(sort)   | SELECT * FROM timed ORDER BY seen",
            })
    void whatOperatorsOfAQueryHoldIsSaid(String kind, String query) {
        LeasedSource.check(job(new Configuration(), query));

        assertThat(said.getMessages()).singleElement().asString().contains(kind);
    }

    @Test
    void whatPassesThroughAQueryIsNotHeld() {
        LeasedSource.check(
                job(
                        new Configuration(),
                        "SELECT UPPER(`first`) FROM words WHERE `second` <> 'no'"));

        assertThat(said.getMessages()).isEmpty();
    }

    private static String translated(StreamTableEnvironment tables, String plan) {
        return tables.loadPlan(PlanReference.fromJsonString(plan))
                .explain(ExplainDetail.JSON_EXECUTION_PLAN);
    }

    private static void assertRefused(StreamExecutionEnvironment job, String group) {
        assertThatThrownBy(() -> job.getStreamGraph(false).getJobGraph())
                .hasMessageContaining("leased: one scan of group " + group + " in a job");
    }

    private static List<StreamNode> sources(StreamExecutionEnvironment job) {
        return job.getStreamGraph(false).getStreamNodes().stream()
                .filter(node -> node.getInEdges().isEmpty())
                .toList();
    }

    private static StreamExecutionEnvironment job(Configuration settings, String query) {
        StreamExecutionEnvironment job =
                StreamExecutionEnvironment.getExecutionEnvironment(settings);
        StreamTableEnvironment tables = tables(job);
        tables.toChangelogStream(tables.sqlQuery(query));
        return job;
    }

    private static StreamTableEnvironment tables(StreamExecutionEnvironment job) {
        StreamTableEnvironment tables = StreamTableEnvironment.create(job);
        create(tables, "words", "words");
        create(tables, "again", "words");
        create(tables, "others", "others");
        tables.executeSql(
                """
                CREATE TABLE timed (
                  seen TIMESTAMP_LTZ(3), WATERMARK FOR seen AS seen
                ) LIKE words
                """);
        return tables;
    }

    private static void create(StreamTableEnvironment tables, String table, String group) {
        tables.executeSql(
                """
                CREATE TABLE %s (`first` STRING, `second` STRING) WITH (
                  'connector' = 'leased', 'lease.connector' = 'words', 'kind' = 'ABLE',
                  'lease.group' = '%s', 'lease.url' = 'memory:words')
                """
                        .formatted(table, group));
    }
}
