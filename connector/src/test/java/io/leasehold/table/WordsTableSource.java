package io.leasehold.table;

import io.leasehold.source.LeasedSource;
import io.leasehold.store.memory.MemoryLeaseStore;
import io.leasehold.testkit.OwnIds;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.io.InputFormat;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.InputFormatProvider;
import org.apache.flink.table.connector.source.LookupTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.SourceProvider;
import org.apache.flink.table.connector.source.abilities.SupportsFilterPushDown;
import org.apache.flink.table.connector.source.abilities.SupportsLimitPushDown;
import org.apache.flink.table.connector.source.abilities.SupportsPartitionPushDown;
import org.apache.flink.table.connector.source.abilities.SupportsProjectionPushDown;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.expressions.ResolvedExpression;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.util.Collector;

import org.apache.kafka.clients.consumer.ConsumerRecord;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Rows of words with commas between them, out of a Kafka topic: a table source whose reader knows
 * which columns are asked for, and that comes in as many shapes as connectors have.
 */
class WordsTableSource implements ScanTableSource {

    /** The shapes. */
    enum Kind {
        SOURCE,
        STREAM,
        CHANGED_STREAM,
        INPUT_FORMAT,
        ABLE,
        CHANGES,
        UPSERT,
        LEASED,
        /** A source that is refused by name. */
        GENERATED,
        /** A source of which nothing is known. */
        UNKNOWN,
        LOOKUP
    }

    /** What {@link Kind#STREAM} gives its stream. */
    static final int PARALLELISM = 3;

    static final String NAME = "all the words";

    private final Kind kind;
    private final String servers;
    private final String topic;
    private final int[] columns;

    private WordsTableSource(Kind kind, String servers, String topic, int[] columns) {
        this.kind = kind;
        this.servers = servers;
        this.topic = topic;
        this.columns = columns;
    }

    static DynamicTableSource of(Kind kind, String servers, String topic, int columns) {
        int[] all = IntStream.range(0, columns).toArray();
        return switch (kind) {
            case ABLE -> new Able(kind, servers, topic, all);
            case LOOKUP -> new LookedUp();
            default -> new WordsTableSource(kind, servers, topic, all);
        };
    }

    @Override
    public ChangelogMode getChangelogMode() {
        return switch (kind) {
            case CHANGES -> ChangelogMode.all();
            case UPSERT -> ChangelogMode.upsert();
            default -> ChangelogMode.insertOnly();
        };
    }

    @Override
    public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
        return switch (kind) {
            case STREAM, CHANGED_STREAM -> new Stream(kind, source());
            case INPUT_FORMAT -> new Format();
            case LEASED ->
                    SourceProvider.of(
                            LeasedSource.wrap(source())
                                    .group("words")
                                    .store(MemoryLeaseStore.named("words"))
                                    .build());
            case GENERATED ->
                    SourceProvider.of(
                            new DataGeneratorSource<>(
                                    number -> new GenericRowData(1),
                                    1,
                                    TypeInformation.of(RowData.class)));
            case UNKNOWN -> SourceProvider.of(new OwnIds<>(source()));
            default -> SourceProvider.of(source(), PARALLELISM);
        };
    }

    private KafkaSource<RowData> source() {
        return KafkaSource.<RowData>builder()
                .setBootstrapServers(servers)
                .setTopics(topic)
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setDeserializer(new Words(columns))
                .build();
    }

    @Override
    public DynamicTableSource copy() {
        return new WordsTableSource(kind, servers, topic, columns);
    }

    @Override
    public String asSummaryString() {
        return "words";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WordsTableSource that
                && kind == that.kind
                && topic.equals(that.topic)
                && Arrays.equals(columns, that.columns);
    }

    @Override
    public int hashCode() {
        return topic.hashCode();
    }

    /** One that can do more than how to show a record. */
    static final class Able extends WordsTableSource
            implements SupportsProjectionPushDown,
                    SupportsFilterPushDown,
                    SupportsLimitPushDown,
                    SupportsPartitionPushDown,
                    LookupTableSource {

        private Able(Kind kind, String servers, String topic, int[] columns) {
            super(kind, servers, topic, columns);
        }

        @Override
        public DynamicTableSource copy() {
            return new Able(super.kind, super.servers, super.topic, super.columns.clone());
        }

        @Override
        public boolean supportsNestedProjection() {
            return false;
        }

        @Override
        public void applyProjection(int[][] projected, DataType produced) {
            // In place, as sources do it: who shares an instance with another would see that.
            int[] asked = Arrays.stream(projected).mapToInt(path -> path[0]).toArray();
            if (asked.length > super.columns.length) {
                throw new IllegalStateException("projected twice");
            }
            System.arraycopy(asked, 0, super.columns, 0, asked.length);
            Arrays.fill(super.columns, asked.length, super.columns.length, Words.NONE);
        }

        @Override
        public Result applyFilters(List<ResolvedExpression> filters) {
            return Result.of(filters, List.of());
        }

        @Override
        public void applyLimit(long limit) {}

        @Override
        public Optional<List<Map<String, String>>> listPartitions() {
            return Optional.empty();
        }

        @Override
        public void applyPartitions(List<Map<String, String>> remaining) {}

        @Override
        public LookupRuntimeProvider getLookupRuntimeProvider(LookupContext context) {
            throw new IllegalStateException("never asked for");
        }
    }

    private static final class LookedUp implements LookupTableSource {
        @Override
        public LookupRuntimeProvider getLookupRuntimeProvider(LookupContext context) {
            throw new IllegalStateException("never asked for");
        }

        @Override
        public DynamicTableSource copy() {
            return this;
        }

        @Override
        public String asSummaryString() {
            return "words to look up";
        }
    }

    private record Stream(Kind kind, Source<RowData, ?, ?> source)
            implements DataStreamScanProvider {
        @Override
        public DataStream<RowData> produceDataStream(
                ProviderContext context, StreamExecutionEnvironment environment) {
            DataStream<RowData> stream =
                    environment
                            .fromSource(source, WatermarkStrategy.forMonotonousTimestamps(), NAME)
                            .setParallelism(PARALLELISM)
                            .setMaxParallelism(2 * PARALLELISM)
                            .slotSharingGroup("words")
                            .setBufferTimeout(7)
                            .addMetricVariable("words", "all")
                            .disableChaining();
            return kind == Kind.STREAM ? stream : stream.filter(words -> true).name("filtered");
        }

        @Override
        public boolean isBounded() {
            return false;
        }
    }

    private record Format() implements InputFormatProvider {
        @Override
        public InputFormat<RowData, ?> createInputFormat() {
            throw new IllegalStateException("never asked for");
        }

        @Override
        public boolean isBounded() {
            return true;
        }
    }

    private record Words(int[] columns) implements KafkaRecordDeserializationSchema<RowData> {

        /** Of a column that is not asked for. */
        static final int NONE = -1;

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<RowData> out) {
            String[] words = new String(record.value(), StandardCharsets.UTF_8).split(",");
            out.collect(
                    GenericRowData.of(
                            Arrays.stream(columns)
                                    .filter(column -> column != NONE)
                                    .mapToObj(column -> StringData.fromString(words[column]))
                                    .toArray()));
        }

        @Override
        public TypeInformation<RowData> getProducedType() {
            return InternalTypeInfo.ofFields(
                    Arrays.stream(columns)
                            .filter(column -> column != NONE)
                            .mapToObj(column -> VarCharType.STRING_TYPE)
                            .toArray(LogicalType[]::new));
        }
    }
}
