package io.leasehold.source.kafka;

import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.util.InstantiationUtil;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.lang.reflect.Field;
import java.util.Optional;
import java.util.Properties;

/**
 * Where the partitions of a KafkaSource start and end, which must not depend on who looks when.
 *
 * <p>By reflection, on the classes that the source brings: the connector may be loaded by another
 * class loader than this library, and has no public way to ask.
 */
public final class KafkaStart {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaStart.class);

    /** The class that is Kafka's source. */
    public static final String SOURCE = "org.apache.flink.connector.kafka.source.KafkaSource";

    private static final String BY_READER = "ReaderHandledOffsetsInitializer";
    private static final String RESET = "auto.offset.reset";

    /** As KafkaPartitionSplit has it: looked up by each reader that is given the partition. */
    private static final long EARLIEST = -2;

    private KafkaStart() {}

    /** Whether it is Kafka's source, of whatever class loader. */
    public static boolean isKafka(Source<?, ?, ?> source) {
        return source.getClass().getName().equals(SOURCE);
    }

    /**
     * The same source, made fit for several jobs: where a position's records were deleted, it
     * continues at the first record there is, whereas the resets that belong to a start at the
     * latest offset or at a time would continue at the end, and skip what is there.
     *
     * @throws IllegalArgumentException if its partitions start or end at what each reader looks up
     */
    public static <T, SplitT extends SourceSplit, StateT> Source<T, SplitT, StateT> concrete(
            Source<T, SplitT, StateT> source) {
        if (!isKafka(source)) {
            return source;
        }
        try {
            lookedUp(source, "startingOffsetsInitializer")
                    .filter(offset -> offset != EARLIEST)
                    .ifPresent(KafkaStart::refuseStart);
            lookedUp(source, "stoppingOffsetsInitializer").ifPresent(KafkaStart::refuseEnd);
            if (!"latest".equals(properties(source).getProperty(RESET))) {
                return source;
            }
            Source<T, SplitT, StateT> own =
                    InstantiationUtil.clone(source, source.getClass().getClassLoader());
            properties(own).setProperty(RESET, "earliest");
            return own;
        } catch (ReflectiveOperationException | IOException | ClassCastException e) {
            LOG.warn(
                    "It cannot be seen where this KafkaSource starts. Start it at the earliest offset or at a time: where each job looks up an offset by itself, records may be skipped.",
                    e);
            return source;
        }
    }

    /** What its consumers are configured with; empty if that cannot be seen. */
    static Optional<Properties> consumerProperties(Source<?, ?, ?> source) {
        try {
            return Optional.of(properties(source));
        } catch (ReflectiveOperationException | ClassCastException e) {
            LOG.warn("It cannot be seen which Kafka this KafkaSource reads.", e);
            return Optional.empty();
        }
    }

    /** The marker that stands for an offset until a reader looks it up; empty if there is none. */
    private static Optional<Long> lookedUp(Source<?, ?, ?> source, String which)
            throws ReflectiveOperationException {
        Object initializer = value(source, which);
        return initializer.getClass().getSimpleName().equals(BY_READER)
                ? Optional.of((Long) value(initializer, "startingOffset"))
                : Optional.empty();
    }

    private static Properties properties(Source<?, ?, ?> source)
            throws ReflectiveOperationException {
        return (Properties) value(source, "props");
    }

    private static Object value(Object object, String name) throws ReflectiveOperationException {
        Field field = object.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(object);
    }

    private static void refuseStart(long marker) {
        throw new IllegalArgumentException(
                "This KafkaSource cannot be leased: it starts at %s, which each job looks up anew when it is given a partition that nobody has read to a checkpoint yet, so that what came in between is skipped. Start it at the earliest offset, at a time, or at offsets that you name, in SQL with 'scan.startup.mode' = 'earliest-offset', 'timestamp' or 'specific-offsets'."
                        .formatted(offset(marker)));
    }

    private static void refuseEnd(long marker) {
        throw new IllegalArgumentException(
                "This KafkaSource cannot be leased: it ends at %s, which each job looks up anew when it is given a partition. End it at a time or at offsets that you name, in SQL with 'scan.bounded.mode' = 'timestamp' or 'specific-offsets'."
                        .formatted(offset(marker)));
    }

    private static String offset(long marker) {
        return marker == -3
                ? "the offsets that its consumer group has committed"
                : "the latest offset";
    }
}
