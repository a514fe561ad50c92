package io.leasehold.source;

import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.lib.InputFormatSource;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.connector.base.source.hybrid.HybridSource;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.file.src.AbstractFileSource;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.connector.jdbc.core.datastream.source.JdbcSource;
import org.apache.flink.connector.kafka.dynamic.source.DynamicKafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

class KnownSourcesTest {

    private static final Path PAGE = Path.of("..", "docs", "sources.md");

    /** Their connectors are there in the tests, so that a name that is changed there is noticed. */
    @ParameterizedTest
    @ValueSource(
            classes = {
                AbstractFileSource.class,
                DataGeneratorSource.class,
                DynamicKafkaSource.class,
                FileSource.class,
                HybridSource.class,
                InputFormatSource.class,
                JdbcSource.class,
                NumberSequenceSource.class
            })
    void aSourceWhoseIdsOneJobMakesUpIsRefused(Class<?> source) {
        assertThat(KnownSources.whyRefused(source)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "com.ververica.cdc.connectors.mysql.source.MySqlSource",
                "org.apache.flink.cdc.connectors.base.source.IncrementalSource",
                "org.apache.flink.connector.cassandra.source.CassandraSource",
                "org.apache.flink.connector.dynamodb.source.DynamoDbStreamsSource",
                "org.apache.flink.connector.kinesis.source.KinesisStreamsSource",
                "org.apache.flink.connector.mongodb.source.MongoSource",
                "org.apache.iceberg.flink.source.IcebergSource",
                "org.apache.paimon.flink.source.FlinkSource"
            })
    void aSourceIsRefusedByNameWhereItsConnectorIsNotThere(String source) {
        assertThat(KnownSources.whyRefused(source)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(classes = {KafkaSource.class, LeasedSource.class, Source.class})
    void allOthersAreNot(Class<?> source) {
        assertThat(KnownSources.whyRefused(source)).isEmpty();
    }

    @Test
    void kafkaIsProven() {
        assertThat(KnownSources.isProven(kafka())).isTrue();
        assertThat(KnownSources.isProven(new NumberSequenceSource(1, 2))).isFalse();
    }

    @Test
    void whereAPartitionEndsMustBeTheSameInAllJobs() throws Exception {
        TopicPartition partition = new TopicPartition("orders", 0);

        assertThat(KnownSources.boundsOf(kafka()).apply(new KafkaPartitionSplit(partition, 7, 50)))
                .isEqualTo("to end at offset 50");
        assertThat(KnownSources.boundsOf(kafka()).apply(new KafkaPartitionSplit(partition, 7)))
                .isEqualTo("without an end");
    }

    /** With the page that people read. */
    @Test
    void thePageListsEverySourceThatIsKnownHere() throws IOException {
        String page = Files.readString(PAGE);

        assertThat(KnownSources.names())
                .allSatisfy(
                        name ->
                                assertThat(page)
                                        .contains("`" + name.replaceAll("[.]$", ".*") + "`"));
    }

    private static KafkaSource<byte[]> kafka() {
        return KafkaSource.<byte[]>builder()
                .setBootstrapServers("localhost:1")
                .setTopics("orders")
                .setDeserializer(
                        KafkaRecordDeserializationSchema.valueOnly(ByteArrayDeserializer.class))
                .build();
    }
}
