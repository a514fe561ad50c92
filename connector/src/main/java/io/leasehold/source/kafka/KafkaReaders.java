package io.leasehold.source.kafka;

import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceSplit;

import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** The readers of a KafkaSource, where this library sees the same Kafka as the source does. */
public final class KafkaReaders {

    private KafkaReaders() {}

    /**
     * The reader, which tells of records that Kafka has deleted before it came to read them; as it
     * is if it is another source's, or its connector was loaded by a class loader that this library
     * does not see.
     *
     * @param deleted told of numbers of deleted records, on any thread
     */
    public static <T, SplitT extends SourceSplit> SourceReader<T, SplitT> watched(
            SourceReader<T, SplitT> reader,
            Source<?, ?, ?> source,
            LongSupplier nanoClock,
            LongConsumer deleted) {
        return KafkaStart.isKafka(source) && seesItsClasses(source)
                ? DeletionWatch.around(reader, source, nanoClock, deleted)
                : reader;
    }

    private static boolean seesItsClasses(Source<?, ?, ?> source) {
        try {
            return Class.forName(
                            source.getClass().getName(), false, KafkaReaders.class.getClassLoader())
                    == source.getClass();
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
