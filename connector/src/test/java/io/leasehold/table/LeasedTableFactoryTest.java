package io.leasehold.table;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.RestoreRule;
import io.leasehold.option.LeaseOptions;
import io.leasehold.option.Option;
import io.leasehold.source.LeasedSource;
import io.leasehold.source.LeasedSourceOptions;
import io.leasehold.source.UnalignedCheckpoints;

import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.transformations.SourceTransformation;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.catalog.ResolvedCatalogTable;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.connector.source.LookupTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.abilities.SupportsFilterPushDown;
import org.apache.flink.table.connector.source.abilities.SupportsLimitPushDown;
import org.apache.flink.table.connector.source.abilities.SupportsPartitionPushDown;
import org.apache.flink.table.connector.source.abilities.SupportsProjectionPushDown;
import org.apache.flink.table.connector.source.abilities.SupportsReadingMetadata;
import org.apache.flink.table.connector.source.abilities.SupportsSourceWatermark;
import org.apache.flink.table.connector.source.abilities.SupportsWatermarkPushDown;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.runtime.connector.source.ScanRuntimeProviderContext;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LeasedTableFactoryTest {

    private static final Map<String, String> COMPLETE =
            Map.of(
                    "connector", "leased",
                    "lease.connector", "words",
                    "lease.group", "words",
                    "lease.member.id", "blue",
                    "lease.url", "memory:words");

    @Test
    void optionsAreThoseOfEveryLeasedSourceAndTheNameOfTheOtherConnector() {
        LeasedTableFactory factory = new LeasedTableFactory();

        assertThat(
                        Stream.concat(
                                        factory.requiredOptions().stream(),
                                        factory.optionalOptions().stream())
                                .map(ConfigOption::key))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(
                                        Stream.of("lease.connector"),
                                        LeaseOptions.ALL.stream().map(Option::key))
                                .toList());
        assertThat(factory.requiredOptions().stream().map(ConfigOption::key))
                .containsExactlyInAnyOrder("lease.connector", "lease.group", "lease.url");
        assertThat(factory.optionalOptions())
                .filteredOn(option -> option.key().equals("lease.duration"))
                .singleElement()
                .extracting(ConfigOption::defaultValue)
                .isEqualTo("10 s");
    }

    @Test
    void whatIsSaidOfTheLeaseReachesTheSource() {
        LeasedSourceOptions options =
                leased(
                        Map.of(
                                "lease.duration",
                                "6 s",
                                "lease.restore",
                                "table",
                                "lease.max-splits",
                                "7"));

        assertThat(options.group()).isEqualTo("words");
        assertThat(options.memberId()).isEqualTo("blue");
        assertThat(options.terms()).isEqualTo(LeaseTerms.of(Duration.ofSeconds(6)));
        assertThat(options.restore()).isEqualTo(RestoreRule.TABLE);
        assertThat(options.share().mostSplits()).isEqualTo(7);
        assertThat(options.store()).hasToString("memory:words");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lease.member.ids | green | There is no option 'lease.member.ids'; did you mean lease.member.id?",
                "lease.connecter | kafka | There is no option 'lease.connecter'; did you mean lease.connector?",
                "lease.duration | 10 | lease.duration is '10', but it takes a number and a unit",
                "lease.renew.interval | 9 s | lease.renew.interval is 9 s, but must be at most a third of lease.duration",
                "lease.url | mongo:x | A lease store URL that begins with 'mongo:' is accepted by no store",
                "lease.group | '' | lease.group is missing; give it (text).",
                "lease.connector | '' | lease.connector is missing; give it (text).",
                "lease.connector | leased | lease.connector is 'leased', but it takes the name of another connector",
                "lease.connector | wrods | Could not find any factory for identifier 'wrods'",
                "color | red | Unsupported options found for 'words'.",
            })
    void whatIsWrongIsSaid(String key, String value, String sentence) {
        assertThatThrownBy(() -> table(Map.of(key, value)))
                .rootCause()
                .message()
                .contains(sentence);
        assertThatThrownBy(() -> table(Map.of(key, value)))
                .message()
                .contains("catalog.database.words");
    }

    @Test
    void theSentenceNamesTheTable() {
        assertThatThrownBy(() -> table(Map.of("lease.weight", "-1")))
                .cause()
                .hasMessage(
                        "Table catalog.database.words: lease.weight is '-1', but it takes a whole number from 0 to 1000000.");
    }

    @Test
    void noPasswordIsShown() {
        Map<String, String> secrets =
                Map.of(
                        "lease.url", "jdbc:postgresql://db/leases",
                        "lease.password", "hush",
                        "lease.jdbc.sslpassword", "hush");

        assertThat(table(secrets).asSummaryString()).isEqualTo("leased words");
        assertThat(table(secrets).toString()).doesNotContain("hush");
        assertThat(leased(secrets).toString()).doesNotContain("hush");
        Map<String, String> wrong = new TreeMap<>(secrets);
        wrong.put("lease.weight", "much");
        assertThatThrownBy(() -> table(wrong))
                .satisfies(
                        failure ->
                                assertThat(messages(failure))
                                        .contains("lease.weight is 'much'")
                                        .doesNotContain("hush"));
    }

    @Test
    void itCanDoWhatTheOtherCanDoAndDoesNotChangeWhatIsInASplit() {
        assertThat(table(Map.of("kind", "ABLE")))
                .isInstanceOf(SupportsProjectionPushDown.class)
                .isNotInstanceOfAny(
                        SupportsReadingMetadata.class,
                        SupportsSourceWatermark.class,
                        SupportsWatermarkPushDown.class,
                        SupportsFilterPushDown.class,
                        SupportsLimitPushDown.class,
                        SupportsPartitionPushDown.class,
                        LookupTableSource.class);
        assertThat(table(Map.of("kind", "SOURCE")))
                .isNotInstanceOf(SupportsProjectionPushDown.class);
        assertThat(
                        table(
                                Map.of(
                                        "lease.connector", "kafka",
                                        "topic", "words",
                                        "properties.bootstrap.servers", "localhost:1",
                                        "format", "json")))
                .isInstanceOf(SupportsReadingMetadata.class)
                .isInstanceOf(SupportsWatermarkPushDown.class)
                .isNotInstanceOf(SupportsProjectionPushDown.class);
    }

    @Test
    void aCopyIsOneOfItsOwn() {
        ScanTableSource table = table(Map.of("kind", "ABLE"));
        ScanTableSource copy = (ScanTableSource) table.copy();

        assertThat(copy).isEqualTo(table).hasSameHashCodeAs(table).isNotSameAs(table);
        ((SupportsProjectionPushDown) copy)
                .applyProjection(new int[][] {{1}}, DataTypes.ROW(DataTypes.STRING()));
        assertThat(copy).isNotEqualTo(table);
        assertThat(table).isNotEqualTo(table(Map.of("kind", "ABLE", "lease.group", "others")));
        assertThat(table).isNotEqualTo(WordsTableSource.of(WordsTableSource.Kind.ABLE, "", "", 2));
    }

    @Test
    void whatTheOtherThrowsIsThrown() {
        SupportsProjectionPushDown table =
                (SupportsProjectionPushDown) table(Map.of("kind", "ABLE"));

        assertThatThrownBy(
                        () ->
                                table.applyProjection(
                                        new int[][] {{0}, {1}, {0}},
                                        DataTypes.ROW(DataTypes.STRING())))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("projected twice");
    }

    @Test
    void aStreamKeepsWhatItsConnectorGaveIt() {
        SourceTransformation<?, ?, ?> scan = scan(Map.of("kind", "STREAM"), noUids());

        assertThat(scan.getSource()).isInstanceOf(LeasedSource.class);
        assertThat(scan.getName()).isEqualTo(WordsTableSource.NAME);
        assertThat(scan.getParallelism()).isEqualTo(WordsTableSource.PARALLELISM);
        assertThat(scan.isParallelismConfigured()).isTrue();
        assertThat(scan.getMaxParallelism()).isEqualTo(2 * WordsTableSource.PARALLELISM);
        assertThat(scan.getSlotSharingGroup()).isPresent();
        assertThat(scan.getBufferTimeout()).isEqualTo(7);
        assertThat(scan.getOutputType()).isInstanceOf(InternalTypeInfo.class);
        assertThat(scan.getAdditionalMetricVariables()).containsEntry("words", "all");
        assertThat(scan.getChainingStrategy()).isEqualTo(ChainingStrategy.NEVER);
        assertThat(scan.getWatermarkStrategy())
                .isNotNull()
                .isNotEqualTo(WatermarkStrategy.noWatermarks());
    }

    @Test
    void aSourceKeepsItsParallelism() {
        DataStreamScanProvider provider = provider(Map.of());

        assertThat(provider.getParallelism()).contains(WordsTableSource.PARALLELISM);
        assertThat(provider.isBounded()).isFalse();
        assertThat(scan(Map.of(), noUids()).getSource()).isInstanceOf(LeasedSource.class);
        assertThat(provider(Map.of("kind", "STREAM")).getParallelism()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INPUT_FORMAT | it is read by io.leasehold.table.WordsTableSource$Format, and leases need a Source",
                "CHANGED_STREAM | its stream is no bare source, but goes through 'filtered' (OneInputTransformation)",
                "LEASED | The source to wrap is a leased source already",
                "UPSERT | its records are upserts",
                "GENERATED | DataGeneratorSource cannot be leased: its splits are as many as the job has subtasks",
                "UNKNOWN | Nobody has said that the split ids of io.leasehold.testkit.OwnIds are the same in every job.",
                "LOOKUP | it can be looked up, but not scanned",
            })
    void whatCannotBeLeasedIsRefused(String kind, String because) {
        assertThatThrownBy(() -> scan(Map.of("kind", kind), noUids()))
                .satisfies(
                        failure ->
                                assertThat(messages(failure))
                                        .contains(
                                                "Table catalog.database.words of connector 'words' cannot be leased: "
                                                        + because)
                                        .doesNotContain(".."));
    }

    @Test
    void ofASourceThatIsNotKnownATableSaysThatItsSplitIdsAreStable() {
        Map<String, String> stated = Map.of("kind", "UNKNOWN", "lease.split-ids", "stable");

        assertThat(scan(stated, noUids()).getSource()).isInstanceOf(LeasedSource.class);
        assertThatThrownBy(() -> table(Map.of("lease.split-ids", "counted")))
                .rootCause()
                .message()
                .contains("lease.split-ids is 'counted', but it takes one of: stable");
    }

    @Test
    void recordsThatSayWhatTheyReplaceAreNotRefused() {
        assertThat(table(Map.of("kind", "CHANGES")).getChangelogMode())
                .isEqualTo(ChangelogMode.all());
    }

    @Test
    void aBatchJobIsRefused() {
        Configuration batch = new Configuration();
        batch.set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.BATCH);

        assertThatThrownBy(() -> table(Map.of(), Map.of(), batch))
                .rootCause()
                .message()
                .contains("execution.runtime-mode is batch");
    }

    @Test
    void aJobWithUnalignedCheckpointsIsRefusedUnlessItAcceptsTheLoss() {
        Configuration unaligned = new Configuration();
        unaligned.set(CheckpointingOptions.ENABLE_UNALIGNED, true);

        assertThatThrownBy(() -> table(Map.of(), Map.of(), unaligned))
                .rootCause()
                .message()
                .contains("cannot be leased: execution.checkpointing.unaligned.enabled is true")
                .doesNotContain("..");
        assertThat(
                        options(
                                        provider(
                                                table(
                                                        Map.of(
                                                                "lease.unaligned-checkpoints",
                                                                "lose-records"),
                                                        Map.of(),
                                                        unaligned)))
                                .unalignedCheckpoints())
                .isEqualTo(UnalignedCheckpoints.LOSE_RECORDS);
    }

    /** Then Flink's uids hide that a job scans one group twice. */
    @Test
    void whereFlinkMakesUidsTheMemberIsNamed() {
        ProviderContext uids = name -> Optional.of("1_" + name);

        assertThatThrownBy(() -> scan(Map.of("lease.member.id", ""), uids))
                .hasMessageContaining("lease.member.id is missing");
        assertThat(scan(Map.of(), uids).getSource()).isInstanceOf(LeasedSource.class);
        assertThat(scan(Map.of("lease.member.id", ""), noUids()).getUid())
                .isEqualTo(scan(Map.of("kind", "STREAM"), noUids()).getUid())
                .isNotEqualTo(scan(Map.of("lease.group", "others"), noUids()).getUid());
    }

    /** A compiled plan has the options of its time; which member runs it is said later. */
    @Test
    void theLeaseOfACompiledPlanIsThatOfItsCatalog() {
        ScanTableSource table =
                table(
                        Map.of(),
                        Map.of(
                                "lease.member.id", "green",
                                "lease.connector", "kafka",
                                "connector", "leased"),
                        new Configuration());

        assertThat(options(provider(table)).memberId()).isEqualTo("green");
        assertThat(options(provider(table)).group()).isEqualTo("words");
        assertThat(new LeasedTableFactory().forwardOptions().stream().map(ConfigOption::key))
                .containsExactlyInAnyOrderElementsOf(
                        LeaseOptions.ALL.stream().map(Option::key).toList());
    }

    private static LeasedSourceOptions leased(Map<String, String> options) {
        return options(provider(options));
    }

    private static LeasedSourceOptions options(DataStreamScanProvider provider) {
        return ((LeasedSource<?, ?, ?>) scan(provider, noUids()).getSource()).options();
    }

    private static ProviderContext noUids() {
        return name -> Optional.empty();
    }

    private static SourceTransformation<?, ?, ?> scan(
            Map<String, String> options, ProviderContext context) {
        return scan(provider(options), context);
    }

    private static SourceTransformation<?, ?, ?> scan(
            DataStreamScanProvider provider, ProviderContext context) {
        return (SourceTransformation<?, ?, ?>)
                provider.produceDataStream(
                                context, StreamExecutionEnvironment.getExecutionEnvironment())
                        .getTransformation();
    }

    private static DataStreamScanProvider provider(Map<String, String> options) {
        return provider(table(options));
    }

    private static DataStreamScanProvider provider(ScanTableSource table) {
        return (DataStreamScanProvider)
                table.getScanRuntimeProvider(ScanRuntimeProviderContext.INSTANCE);
    }

    private static ScanTableSource table(Map<String, String> options) {
        return table(options, Map.of(), new Configuration());
    }

    private static ScanTableSource table(
            Map<String, String> options, Map<String, String> enrichment, Configuration settings) {
        Map<String, String> all = new TreeMap<>(COMPLETE);
        all.putAll(options);
        ResolvedSchema schema =
                ResolvedSchema.of(
                        Column.physical("first", DataTypes.STRING()),
                        Column.physical("second", DataTypes.STRING()));
        CatalogTable table =
                CatalogTable.newBuilder()
                        .schema(Schema.newBuilder().fromResolvedSchema(schema).build())
                        .options(all)
                        .build();
        return (ScanTableSource)
                FactoryUtil.createDynamicTableSource(
                        null,
                        ObjectIdentifier.of("catalog", "database", "words"),
                        new ResolvedCatalogTable(table, schema),
                        enrichment,
                        settings,
                        LeasedTableFactoryTest.class.getClassLoader(),
                        false);
    }

    private static String messages(Throwable failure) {
        return Stream.iterate(failure, one -> one != null, Throwable::getCause)
                .map(String::valueOf)
                .collect(Collectors.joining("\n"));
    }
}
