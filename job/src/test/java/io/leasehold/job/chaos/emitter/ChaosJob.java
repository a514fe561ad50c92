package io.leasehold.job.chaos.emitter;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.store.LeaseStores;
import io.leasehold.sink.kafka.CheckedKafkaSink;
import io.leasehold.source.LeasedSource;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the queue, with a lease or bare; writes down each emission; and, with a lease, writes to
 * Kafka exactly-once. All else is as the cluster's configuration says.
 */
public final class ChaosJob {

    /** Under which name the leased jobs share the queue. */
    public static final String GROUP = "chaos";

    private ChaosJob() {}

    /** What the job is told on its command line, as {@code --name value}. */
    public enum Argument {
        MEMBER,
        BROKERS,
        QUEUE,
        /** The folder that emissions are written down in. */
        EMISSIONS,
        /** The folder that grants are written down in. */
        GRANTS,
        /** The lease table's JDBC URL; without it the source is bare. */
        STORE,
        /** How many members share the queue from its beginning. */
        MEMBERS,
        LEASE_MILLIS,
        /** The topic that committed records go to. */
        OUTPUT,
        TRANSACTION_MILLIS;

        public String option() {
            return "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Submits the job, as {@code flink run} calls it. */
    public static void main(String[] arguments) throws Exception {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            given.put(arguments[i], arguments[i + 1]);
        }
        String member = required(given, Argument.MEMBER);
        Optional<String> store = Optional.ofNullable(given.get(Argument.STORE.option()));
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        KafkaSource<Emission> bare = kafka(given);
        Source<Emission, ?, ?> source =
                store.<Source<Emission, ?, ?>>map(
                                url ->
                                        new EpochStamped<>(
                                                leased(bare, member, url, given),
                                                member,
                                                required(given, Argument.GRANTS)))
                        .orElse(bare);
        DataStream<Emission> emitted =
                environment
                        .fromSource(
                                source,
                                WatermarkStrategy.noWatermarks(),
                                "queue",
                                TypeInformation.of(Emission.class))
                        .uid("queue")
                        .map(new WrittenDown(member, required(given, Argument.EMISSIONS)))
                        .returns(TypeInformation.of(Emission.class))
                        .uid("written-down");
        if (store.isPresent()) {
            emitted.sinkTo(output(given, member)).uid("output");
        } else {
            emitted.sinkTo(new DiscardingSink<>()).uid("nowhere");
        }
        environment.execute(member);
    }

    private static String required(Map<String, String> given, Argument argument) {
        return Optional.ofNullable(given.get(argument.option()))
                .orElseThrow(
                        () -> new IllegalArgumentException(argument.option() + " is not given."));
    }

    private static long millis(Map<String, String> given, Argument argument) {
        return Long.parseLong(required(given, argument));
    }

    private static <SplitT extends SourceSplit, StateT>
            LeasedSource<Emission, SplitT, StateT> leased(
                    Source<Emission, SplitT, StateT> bare,
                    String member,
                    String url,
                    Map<String, String> given) {
        return LeasedSource.wrap(bare)
                .group(GROUP)
                .memberId(member)
                .store(LeaseStores.forUrl(url, Map.of("user", "postgres")))
                .terms(
                        LeaseTerms.lasting(Duration.ofMillis(millis(given, Argument.LEASE_MILLIS)))
                                .initialMembers((int) millis(given, Argument.MEMBERS))
                                .initialWait(Duration.ofMinutes(2))
                                .build())
                .build();
    }

    private static KafkaSource<Emission> kafka(Map<String, String> given) {
        return KafkaSource.<Emission>builder()
                .setBootstrapServers(required(given, Argument.BROKERS))
                .setTopics(required(given, Argument.QUEUE))
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setDeserializer(new Read())
                .setClientIdPrefix(required(given, Argument.MEMBER))
                .setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed")
                .setProperty("commit.offsets.on.checkpoint", "false")
                .build();
    }

    private static Sink<Emission> output(Map<String, String> given, String member) {
        String topic = required(given, Argument.OUTPUT);
        return CheckedKafkaSink.of(
                KafkaSink.<Emission>builder()
                        .setBootstrapServers(required(given, Argument.BROKERS))
                        .setRecordSerializer(new Written(topic))
                        .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                        .setTransactionalIdPrefix(GROUP + "/" + member + "/")
                        .setProperty(
                                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                                Long.toString(millis(given, Argument.TRANSACTION_MILLIS)))
                        .build());
    }

    /** Where a Kafka record stands is all that is kept of it. */
    private static final class Read implements KafkaRecordDeserializationSchema<Emission> {

        private static final long serialVersionUID = 1L;

        @Override
        public void deserialize(
                ConsumerRecord<byte[], byte[]> record, Collector<Emission> emissions) {
            emissions.collect(
                    Emission.read(record.topic() + "-" + record.partition(), record.offset()));
        }

        @Override
        public TypeInformation<Emission> getProducedType() {
            return TypeInformation.of(Emission.class);
        }
    }

    /** All of it, as text. */
    private record Written(String topic) implements KafkaRecordSerializationSchema<Emission> {

        private static final long serialVersionUID = 1L;

        @Override
        public ProducerRecord<byte[], byte[]> serialize(
                Emission emission, KafkaSinkContext context, Long timestamp) {
            return new ProducerRecord<>(topic, emission.line().getBytes(StandardCharsets.US_ASCII));
        }
    }
}
