package io.leasehold.job.bench.member;

import io.leasehold.job.chaos.kit.Pause;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.store.LeaseStores;
import io.leasehold.source.LeasedSource;

import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.runtime.checkpoint.AbstractCheckpointStats;
import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.flink.runtime.checkpoint.CheckpointStatsStatus;
import org.apache.flink.runtime.executiongraph.ArchivedExecutionGraph;
import org.apache.flink.runtime.executiongraph.ErrorInfo;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.util.Collector;

import org.apache.kafka.clients.consumer.ConsumerRecord;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The JVM of a member: a cluster with nothing but its job. Says in a file when the cluster is up,
 * and waits for another file before it starts the job. Ends if the job does.
 */
@SuppressWarnings("try") // What a cluster's close may throw is Flink's to declare.
final class MemberMain {

    private static final Duration GO_WITHIN = Duration.ofMinutes(10);
    private static final Duration LOOK_EVERY = Duration.ofMillis(300);

    private MemberMain() {}

    /**
     * @param arguments the files with its settings, of its readiness, and of its start
     */
    public static void main(String[] arguments) throws Exception {
        MemberSettings settings = MemberSettings.read(Path.of(arguments[0]));
        try (MiniCluster cluster =
                        new MiniCluster(
                                new MiniClusterConfiguration.Builder()
                                        .setNumTaskManagers(1)
                                        .setNumSlotsPerTaskManager(settings.parallelism())
                                        .withRandomPorts()
                                        .build());
                MarkFile checkpoints =
                        new MarkFile(settings.marks().resolve(settings.member() + ".job.only"))) {
            cluster.start();
            Files.createFile(Path.of(arguments[1]));
            Pause.until("it may start", GO_WITHIN, () -> Files.exists(Path.of(arguments[2])));
            watch(cluster, cluster.submitJob(job(settings)).get().getJobID(), checkpoints);
        }
        // Whatever thread is left: the parent waits for the end of a job that failed.
        System.exit(1);
    }

    /** Marks the job's checkpoints until the job ends. */
    private static void watch(MiniCluster cluster, JobID job, MarkFile checkpoints)
            throws Exception {
        long known = 0;
        while (true) {
            ArchivedExecutionGraph graph = cluster.getArchivedExecutionGraph(job).get();
            CheckpointStatsSnapshot stats = graph.getCheckpointStatsSnapshot();
            List<Mark> completed = new ArrayList<>();
            if (stats != null) {
                for (AbstractCheckpointStats checkpoint : stats.getHistory().getCheckpoints()) {
                    if (checkpoint.getStatus() == CheckpointStatsStatus.COMPLETED
                            && checkpoint.getCheckpointId() > known) {
                        completed.add(
                                new Mark.Completed(
                                        checkpoint.getCheckpointId(),
                                        checkpoint.getEndToEndDuration()));
                    }
                }
                known =
                        completed.stream()
                                .mapToLong(mark -> ((Mark.Completed) mark).checkpoint())
                                .reduce(known, Math::max);
            }
            if (!completed.isEmpty()) {
                checkpoints.write(completed);
            }
            if (graph.getState().isGloballyTerminalState()) {
                ErrorInfo failure = graph.getFailureInfo();
                System.err.printf(
                        "The job is %s: %s%n",
                        graph.getState(),
                        graph.getState() == JobStatus.FAILED && failure != null
                                ? failure.getExceptionAsString()
                                : "nobody asked for that");
                return;
            }
            Pause.of(LOOK_EVERY);
        }
    }

    private static StreamGraph job(MemberSettings settings) {
        Configuration configuration = new Configuration();
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, settings.checkpoints());
        configuration.set(PipelineOptions.OBJECT_REUSE, true);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, settings.restarts());
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(100));
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        environment.setParallelism(settings.parallelism());
        environment
                .fromSource(
                        LeasedSource.wrap(kafka(settings))
                                .group(MemberSettings.GROUP)
                                .memberId(settings.member())
                                .store(
                                        LeaseStores.forUrl(
                                                settings.store(), Map.of("user", "postgres")))
                                .terms(
                                        LeaseTerms.lasting(settings.lease())
                                                .initialMembers(settings.initialMembers())
                                                .initialWait(Duration.ofMinutes(2))
                                                .build())
                                .build(),
                        WatermarkStrategy.noWatermarks(),
                        "queue",
                        TypeInformation.of(Place.class))
                .map(new MarkedDown(settings.member(), settings.marks().toString()))
                .returns(TypeInformation.of(Place.class))
                .sinkTo(new DiscardingSink<>());
        return environment.getStreamGraph();
    }

    private static KafkaSource<Place> kafka(MemberSettings settings) {
        return KafkaSource.<Place>builder()
                .setBootstrapServers(settings.brokers())
                .setTopics(settings.queue())
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setDeserializer(new Placed())
                .setClientIdPrefix(settings.member())
                .setProperty("commit.offsets.on.checkpoint", "false")
                .build();
    }

    private static final class Placed implements KafkaRecordDeserializationSchema<Place> {

        private static final long serialVersionUID = 1L;

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Place> places) {
            places.collect(new Place(record.partition(), record.offset()));
        }

        @Override
        public TypeInformation<Place> getProducedType() {
            return TypeInformation.of(Place.class);
        }
    }
}
