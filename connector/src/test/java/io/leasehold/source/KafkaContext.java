package io.leasehold.source;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.store.memory.MemoryLeaseStore;
import io.leasehold.testkit.EmbeddedKafka;

import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.testframe.external.ExternalSystemSplitDataWriter;
import org.apache.flink.connector.testframe.external.source.TestingSourceSettings;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;

/** Topics and a lease table of their own for each case of the connector test suite. */
final class KafkaContext extends NumberedTextContext {

    private final EmbeddedKafka kafka;
    private final String name = "suite-" + UUID.randomUUID();
    private int topics;

    KafkaContext(EmbeddedKafka kafka) {
        this.kafka = kafka;
    }

    @Override
    public Source<String, ?, ?> createSource(TestingSourceSettings settings) {
        KafkaSourceBuilder<String> source =
                KafkaSource.<String>builder()
                        .setBootstrapServers(kafka.bootstrapServers())
                        .setTopicPattern(Pattern.compile(name + "-.*"))
                        .setGroupId(name)
                        .setStartingOffsets(OffsetsInitializer.earliest())
                        .setProperty("partition.discovery.interval.ms", "500")
                        .setValueOnlyDeserializer(new SimpleStringSchema());
        if (settings.getBoundedness() == Boundedness.BOUNDED) {
            source.setBounded(OffsetsInitializer.latest());
        }
        return LeasedSource.wrap(source.build())
                .group(name)
                .memberId("suite")
                .store(MemoryLeaseStore.named(name))
                .terms(LeaseTerms.of(Duration.ofSeconds(1)))
                .build();
    }

    /** A topic of one partition: one split. */
    @Override
    public ExternalSystemSplitDataWriter<String> createSourceSplitDataWriter(
            TestingSourceSettings settings) {
        String topic = name + "-" + topics++;
        kafka.createTopic(topic, 1);
        KafkaProducer<String, String> producer =
                new KafkaProducer<>(
                        Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
                        new StringSerializer(),
                        new StringSerializer());
        return new ExternalSystemSplitDataWriter<>() {
            @Override
            public void writeRecords(List<String> records) {
                records.forEach(record -> producer.send(new ProducerRecord<>(topic, record)));
                producer.flush();
            }

            @Override
            public void close() {
                producer.close(Duration.ofSeconds(10));
            }
        };
    }

    @Override
    public String toString() {
        return "Kafka";
    }
}
