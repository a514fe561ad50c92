package io.leasehold.job.bench.overhead;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.store.LeaseStoreFactory;
import io.leasehold.source.LeasedSource;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.AbstractDeserializationSchema;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/**
 * A job that reads a topic from its beginning to its end and drops what it reads, from Flink's
 * Kafka source as it is or under leases.
 *
 * <p>Timed is what lies between the record with which the first subtask has read a quarter as many
 * as there are in a partition, and the last record of all, as they reach the sink: neither the
 * start of the job, nor the way to the first lease, nor the checkpoint that the end of a job waits
 * for counts, which have nothing to do with how many records there are. The first quarter does not
 * count since a leased reader fetches while it waits for its grant, and would have a start over a
 * bare one. What leases do while a job reads does count: their checks, their renewals, the
 * positions of each checkpoint, and any delay between one subtask's start and another's.
 *
 * <p>Objects are reused: a copy of each record would hide what the source costs.
 */
public final class BoundedRead {

    public static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(1);
    public static final LeaseTerms TERMS = LeaseTerms.of(Duration.ofSeconds(10));

    private static final Comparator<Tally.Instant> BY_TIME =
            Comparator.comparingLong(Tally.Instant::nanos);

    private static final Duration WITHIN = Duration.ofMinutes(10);

    private final MiniCluster cluster;
    private final String bootstrapServers;
    private final LeaseStoreFactory store;

    /**
     * @param store where the leases of a leased read are
     */
    public BoundedRead(MiniCluster cluster, String bootstrapServers, LeaseStoreFactory store) {
        this.cluster = cluster;
        this.bootstrapServers = bootstrapServers;
        this.store = store;
    }

    /**
     * Reads it once, and waits for the job's end.
     *
     * @throws AssertionError if a record is missing, or was read twice
     */
    public Reading of(NumberedTopic topic, int parallelism, boolean leased) throws Exception {
        String run = UUID.randomUUID().toString();
        JobGraph job = job(topic, parallelism, leased, run);
        long submitted = System.nanoTime();
        cluster.submitJob(job).get(WITHIN.toSeconds(), TimeUnit.SECONDS);
        cluster.requestJobResult(job.getJobID())
                .get(WITHIN.toSeconds(), TimeUnit.SECONDS)
                .toJobExecutionResult(BoundedRead.class.getClassLoader());
        long finished = System.nanoTime();
        List<Tally.Part> parts = Tally.takeParts(run);
        requireEachOnce(topic, parts);
        Tally.Instant begin = parts.stream().map(Tally.Part::ramped).min(BY_TIME).orElseThrow();
        Tally.Instant end = parts.stream().map(Tally.Part::last).max(BY_TIME).orElseThrow();
        long first = parts.stream().mapToLong(Tally.Part::firstNanos).min().orElseThrow();
        double records =
                topic.records() - (double) parts.size() * Tally.rampOf(topic.recordsPerPartition());
        return new Reading(
                records * 1e9 / (end.nanos() - begin.nanos()),
                ofTasks(parts, Tally.Instant::busyNanos) / records,
                (end.processNanos() - begin.processNanos()) / records,
                ofTasks(parts, Tally.Instant::allocatedBytes) / records,
                (first - submitted) / 1e6,
                (finished - end.nanos()) / 1e6);
    }

    private static long ofTasks(List<Tally.Part> parts, ToLongFunction<Tally.Instant> figure) {
        return parts.stream()
                .mapToLong(
                        part -> figure.applyAsLong(part.last()) - figure.applyAsLong(part.ramped()))
                .sum();
    }

    private static void requireEachOnce(NumberedTopic topic, List<Tally.Part> parts) {
        long records = parts.stream().mapToLong(Tally.Part::records).sum();
        long sum = parts.stream().mapToLong(Tally.Part::sum).sum();
        if (records != topic.records() || sum != topic.sumOfNumbers()) {
            throw new AssertionError(
                    "%d records were read of the %d of topic '%s'; the sum of their numbers is %d and must be %d."
                            .formatted(
                                    records,
                                    topic.records(),
                                    topic.name(),
                                    sum,
                                    topic.sumOfNumbers()));
        }
    }

    private JobGraph job(NumberedTopic topic, int parallelism, boolean leased, String run) {
        Configuration settings = new Configuration();
        settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINT_INTERVAL);
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        settings.set(PipelineOptions.OBJECT_REUSE, true);
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(settings);
        env.fromSource(
                        leased ? leased(topic, run) : bare(topic),
                        WatermarkStrategy.noWatermarks(),
                        "numbers")
                .setParallelism(parallelism)
                .sinkTo(new Tally(run, topic.recordsPerPartition()))
                .setParallelism(parallelism);
        return env.getStreamGraph().getJobGraph();
    }

    private Source<byte[], ?, ?> leased(NumberedTopic topic, String run) {
        return LeasedSource.wrap(bare(topic))
                // Nobody has read in it before.
                .group(run)
                .memberId("blue")
                .store(store)
                .terms(TERMS)
                .build();
    }

    private KafkaSource<byte[]> bare(NumberedTopic topic) {
        return KafkaSource.<byte[]>builder()
                .setBootstrapServers(bootstrapServers)
                .setTopics(topic.name())
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setBounded(OffsetsInitializer.latest())
                .setValueOnlyDeserializer(new AsItIs())
                .build();
    }

    private static final class AsItIs extends AbstractDeserializationSchema<byte[]> {
        private static final long serialVersionUID = 1L;

        @Override
        public byte[] deserialize(byte[] value) {
            return value;
        }
    }
}
