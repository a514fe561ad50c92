package io.leasehold.source;

import io.leasehold.source.kafka.KafkaStart;

import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.util.FlinkRuntimeException;
import org.apache.flink.util.function.SerializableFunction;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The sources whose split ids were looked into. They are known by name, so that none of their
 * connectors has to be there. {@code docs/sources.md} has the same list, with reasons at length.
 */
final class KnownSources {

    /** Read by several jobs in this project's tests. A subclass may do otherwise. */
    private static final Set<String> PROVEN = Set.of(KafkaStart.SOURCE);

    private static final String NUMBERS_FILES =
            "it numbers its splits in the order in which a job finds files, so another job gives the number of a file that has been read to a new one, which nobody reads then";
    private static final String DIVIDES_BY_PARALLELISM =
            "its splits are as many as the job has subtasks, so the same id stands for other elements in another job";
    private static final String TELLS_BY_EVENTS =
            "its reader tells the enumerator of its own job when a shard is finished, and that alone finds the shards that follow; the enumerators of other jobs never find them";
    private static final String AGREES_BY_EVENTS =
            "its readers and its enumerator agree by events on what has been read, and a split that moves to another job takes none of that along";

    /** Why a source, or a class that extends it, cannot be leased: what follows "because". */
    private static final Map<String, String> REFUSED = refused();

    /** The same for all sources of a package and those below. */
    private static final Map<String, String> REFUSED_PACKAGES =
            Map.of(
                    "org.apache.flink.cdc.connectors.", AGREES_BY_EVENTS,
                    "com.ververica.cdc.connectors.", AGREES_BY_EVENTS);

    private KnownSources() {}

    private static Map<String, String> refused() {
        String flink = "org.apache.flink.";
        String connector = flink + "connector.";
        Map<String, String> refused = new LinkedHashMap<>();
        refused.put(connector + "file.src.AbstractFileSource", NUMBERS_FILES);
        refused.put(
                connector + "base.source.hybrid.HybridSource",
                "each of its readers has to be told which of its sources is next, and a split that moves to another job tells nobody; wrap the sources in it instead");
        refused.put(
                flink + "api.connector.source.lib.NumberSequenceSource", DIVIDES_BY_PARALLELISM);
        refused.put(flink + "api.connector.source.lib.InputFormatSource", DIVIDES_BY_PARALLELISM);
        refused.put(connector + "datagen.source.DataGeneratorSource", DIVIDES_BY_PARALLELISM);
        refused.put(
                connector + "jdbc.core.datastream.source.JdbcSource",
                numbers("statement parameters"));
        refused.put(connector + "jdbc.source.JdbcSource", numbers("statement parameters"));
        refused.put(connector + "mongodb.source.MongoSource", numbers("chunks of a collection"));
        refused.put(
                connector + "cassandra.source.CassandraSource",
                "it cuts the table into as many ranges as its parallelism and the size of the table make, so the ranges of two jobs overlap and rows are read twice");
        refused.put(connector + "kinesis.source.KinesisStreamsSource", TELLS_BY_EVENTS);
        refused.put(connector + "dynamodb.source.DynamoDbStreamsSource", TELLS_BY_EVENTS);
        refused.put(
                connector + "kafka.dynamic.source.DynamicKafkaSource",
                "its enumerator tells readers by events which clusters there are, and a reader that gets a split of another job is told nothing");
        refused.put(
                "org.apache.iceberg.flink.source.IcebergSource",
                "its splits are groups of files, made of what the table holds when a job looks, so the groups of two jobs overlap and rows are read twice");
        refused.put("org.apache.paimon.flink.source.FlinkSource", numbers("parts of the table"));
        return Map.copyOf(refused);
    }

    private static String numbers(String what) {
        return "it numbers its splits, which are %s, in the order in which a job makes them, so another job may give the same number to other rows, which nobody reads then"
                .formatted(what);
    }

    /** All that is known, by class name; a package ends in a dot. */
    static Set<String> names() {
        Set<String> names = new TreeSet<>(PROVEN);
        names.addAll(REFUSED.keySet());
        names.addAll(REFUSED_PACKAGES.keySet());
        return names;
    }

    /** Whether the ids of its splits are known to be the same in every job. */
    static boolean isProven(Source<?, ?, ?> source) {
        return PROVEN.contains(source.getClass().getName());
    }

    /** Why it cannot be leased, if that is known: what follows "because", without a full stop. */
    static Optional<String> whyRefused(Class<?> source) {
        for (Class<?> type = source; type != null; type = type.getSuperclass()) {
            Optional<String> why = whyRefused(type.getName());
            if (why.isPresent()) {
                return why;
            }
        }
        return Optional.empty();
    }

    static Optional<String> whyRefused(String className) {
        return Optional.ofNullable(REFUSED.get(className))
                .or(
                        () ->
                                REFUSED_PACKAGES.entrySet().stream()
                                        .filter(entry -> className.startsWith(entry.getKey()))
                                        .map(Map.Entry::getValue)
                                        .findFirst());
    }

    /** What must be the same of a split in every job, where nothing else was said. */
    static <SplitT extends SourceSplit> SerializableFunction<SplitT, String> boundsOf(
            Source<?, SplitT, ?> source) {
        return KafkaStart.isKafka(source) ? KnownSources::whereAPartitionEnds : split -> "";
    }

    /** Of a KafkaPartitionSplit, whose id is its topic and partition. */
    private static String whereAPartitionEnds(SourceSplit partition) {
        try {
            Optional<?> end =
                    (Optional<?>)
                            partition.getClass().getMethod("getStoppingOffset").invoke(partition);
            return end.map(offset -> "to end at offset " + offset).orElse("without an end");
        } catch (ReflectiveOperationException e) {
            throw new FlinkRuntimeException(
                    "The split '%s' does not say where it ends.".formatted(partition.splitId()), e);
        }
    }
}
