package io.leasehold.job;

import io.leasehold.job.JobOptions.SinkGuarantee;
import io.leasehold.job.JobOptions.SinkKind;
import io.leasehold.option.InvalidOptionsException;
import io.leasehold.sink.kafka.CheckedKafkaSink;
import io.leasehold.source.LeasedSource;
import io.leasehold.source.LeasedSourceBuilder;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaSinkBuilder;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * The job: Kafka topics, read under leases; repeated records dropped, the others counted per key;
 * and written to a Kafka topic.
 *
 * <p>Several jobs with the same {@code lease.group} share the topics.
 */
public final class LeasedQueueJob {

    private final JobSettings settings;
    private final String memberId;

    /**
     * @param settings what to read, with whom, and where to
     * @param memberId this job's name within its group
     */
    private LeasedQueueJob(JobSettings settings, String memberId) {
        this.settings = settings;
        this.memberId = memberId;
    }

    /**
     * Submits the job, as {@code flink run} calls it.
     *
     * @throws InvalidOptionsException naming all that is wrong with the arguments
     */
    public static void main(String[] arguments) throws Exception {
        JobSettings settings = JobSettings.of(GivenOptions.fromArguments(Arrays.asList(arguments)));
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        environment.execute(build(environment, settings));
    }

    /**
     * Adds the job to an environment, and sets that up for it. If the settings name no member, the
     * job gets a new name here, which restarts of the same submission keep.
     *
     * @return the job's name
     */
    public static String build(StreamExecutionEnvironment environment, JobSettings settings) {
        environment.configure(FlinkSettings.of(settings.running()));
        String memberId =
                settings.lease()
                        .memberId()
                        .orElseGet(() -> "member-" + UUID.randomUUID().toString().substring(0, 8));
        new LeasedQueueJob(settings, memberId).addTo(environment);
        LeasedSource.check(environment);
        return settings.running()
                .jobName()
                .orElse("leasehold " + settings.lease().group() + ": " + memberId);
    }

    private void addTo(StreamExecutionEnvironment environment) {
        TypeInformation<QueueRecord> type = TypeInformation.of(QueueRecord.class);
        DataStream<QueueRecord> records =
                environment
                        .fromSource(
                                leased(kafka()),
                                WatermarkStrategy.noWatermarks(),
                                "leased " + String.join(", ", settings.queue().topics()),
                                type)
                        .uid("leased-queue");
        DataStream<QueueRecord> unseen =
                settings.dedup()
                        .<DataStream<QueueRecord>>map(
                                dedup ->
                                        records.keyBy(QueueRecord::groupingKey, Types.STRING)
                                                .process(new UnseenRecords(dedup.timeToLive()))
                                                .returns(type)
                                                .name("drop repeated, count per key")
                                                .uid("unseen-records"))
                        .orElse(records);
        if (settings.sink().kind() == SinkKind.PRINT) {
            unseen.print(memberId).name("print").uid("sink-print");
        } else {
            unseen.sinkTo(sink()).name("kafka " + topic()).uid("sink-kafka");
        }
    }

    private Source<QueueRecord, ?, ?> leased(KafkaSource<QueueRecord> source) {
        LeasedSourceBuilder<QueueRecord, ?, ?> builder =
                settings.lease().applyTo(LeasedSource.wrap(source)).memberId(memberId);
        if (writesTransactions()) {
            builder.sinkPrefix(transactionPrefix());
        }
        return builder.build();
    }

    private KafkaSource<QueueRecord> kafka() {
        JobSettings.Queue queue = settings.queue();
        KafkaSourceBuilder<QueueRecord> builder =
                KafkaSource.<QueueRecord>builder()
                        .setBootstrapServers(queue.bootstrapServers())
                        .setTopics(List.copyOf(queue.topics()))
                        .setStartingOffsets(new ConcreteOffsets(queue.start()))
                        .setDeserializer(new ReadRecords(queue.recordId()))
                        .setClientIdPrefix(settings.lease().group() + "-" + memberId)
                        // Records of transactions that were given up are no records.
                        .setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed")
                        .setProperty(
                                "partition.discovery.interval.ms",
                                Long.toString(queue.discoveryInterval().toMillis()))
                        .setProperty(
                                "commit.offsets.on.checkpoint",
                                Boolean.toString(queue.commitOffsets()));
        if (queue.commitOffsets()) {
            builder.setGroupId(settings.lease().group());
        }
        queue.properties().forEach(builder::setProperty);
        return builder.build();
    }

    private Sink<QueueRecord> sink() {
        JobSettings.Sink sink = settings.sink();
        KafkaSinkBuilder<QueueRecord> builder =
                KafkaSink.<QueueRecord>builder()
                        .setBootstrapServers(sink.bootstrapServers())
                        .setRecordSerializer(new WrittenRecords(topic(), memberId));
        sink.properties().forEach(builder::setProperty);
        if (writesTransactions()) {
            builder.setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                    .setTransactionalIdPrefix(transactionPrefix())
                    .setProperty(
                            ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                            Long.toString(sink.transactionTimeout().toMillis()));
            return CheckedKafkaSink.of(builder.build());
        }
        return builder.setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE).build();
    }

    private boolean writesTransactions() {
        return settings.sink().kind() == SinkKind.KAFKA
                && settings.sink().guarantee() == SinkGuarantee.EXACTLY_ONCE;
    }

    private String transactionPrefix() {
        return TransactionNames.prefix(settings.lease().group(), memberId);
    }

    private String topic() {
        return settings.sink().topic().orElseThrow();
    }
}
