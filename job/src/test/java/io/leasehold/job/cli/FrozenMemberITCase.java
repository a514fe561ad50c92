package io.leasehold.job.cli;

import io.leasehold.job.GivenOptions;
import io.leasehold.job.JobSettings;
import io.leasehold.job.LeasedQueueJob;
import io.leasehold.job.demo.MemberProcess;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.store.Inspection;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.OperatorRequest.Inspect;
import io.leasehold.store.jdbc.JdbcLeaseStore;
import io.leasehold.testkit.EmbeddedKafka;
import io.leasehold.testkit.PostgresServer;
import io.leasehold.testkit.ScriptedMember;

import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A member in a process of its own that is stopped with SIGSTOP. */
@Timeout(240)
class FrozenMemberITCase {

    private static final int SPLITS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @RegisterExtension
    private static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(1)
                            .build());

    @TempDir private Path folder;

    private final String database = PostgresServer.newDatabase();

    @Test
    void aDrainThatWaitsForAFrozenMemberIsRefusedAndOthersTakeOver() throws Exception {
        PostgresServer.run(database, JdbcLeaseStore.schemas().get("postgresql"));
        try (EmbeddedKafka kafka = EmbeddedKafka.start();
                LeaseStore store =
                        JdbcLeaseStore.url(database)
                                .user("postgres")
                                .open(Duration.ofSeconds(10))) {
            kafka.createTopic("orders", SPLITS);
            kafka.createTopic("done", 1);
            JobClient blue = blue(kafka);
            try (MemberProcess red = red(kafka)) {
                until(store, seen -> held(seen, "red") == 2 && held(seen, "blue") == 2, red);
                signal("STOP", red);
                try {
                    Transcript said =
                            new Transcript(
                                    Map.of(
                                            "LEASEHOLD_URL",
                                            database,
                                            "LEASEHOLD_USER",
                                            "postgres"));
                    int exitCode =
                            said.run(
                                    "drain",
                                    "--group",
                                    "shop",
                                    "--member",
                                    "red",
                                    "--wait",
                                    "--timeout",
                                    "1 h");

                    assertThat(exitCode).as(said.unmasked()).isEqualTo(1);
                    assertThat(said.unmasked())
                            .containsPattern("has not renewed|was closed, or found dead by others");
                    until(store, seen -> held(seen, "blue") == SPLITS, red);
                    assertThat(inspection(store).member("red").orElseThrow().row().state())
                            .isEqualTo(MemberState.CLOSED);
                } finally {
                    red.kill();
                }
            } finally {
                blue.cancel().get(30, TimeUnit.SECONDS);
            }
        }
    }

    private List<String> options(EmbeddedKafka kafka, String memberId) {
        return List.of(
                "kafka.bootstrap.servers=" + kafka.bootstrapServers(),
                "kafka.topics=orders",
                "lease.group=shop",
                "lease.member.id=" + memberId,
                "lease.url=" + database,
                "lease.user=postgres",
                "lease.duration=4 s",
                "sink.topic=done",
                "sink.guarantee=at-least-once",
                "checkpoint.interval=500 ms",
                "restart.strategy=none",
                "job.parallelism=1");
    }

    private JobClient blue(EmbeddedKafka kafka) throws Exception {
        var environment = StreamExecutionEnvironment.getExecutionEnvironment();
        LeasedQueueJob.build(
                environment,
                JobSettings.of(
                        GivenOptions.fromArguments(
                                options(kafka, "blue").stream().map(it -> "--" + it).toList())));
        return environment.executeAsync();
    }

    private MemberProcess red(EmbeddedKafka kafka) throws Exception {
        Path configuration = folder.resolve("job.yaml");
        Files.writeString(
                configuration,
                options(kafka, "red").stream()
                        .map(option -> option.replaceFirst("=", ": '") + "'\n")
                        .collect(Collectors.joining()));
        return MemberProcess.start("red", Leasehold.class.getName(), folder, configuration);
    }

    private static void signal(String name, MemberProcess member) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(member.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    private static Inspection inspection(LeaseStore store) {
        return ScriptedMember.applied(store.ask(new Inspect("shop"))).orElseThrow();
    }

    private static void until(
            LeaseStore store, Predicate<Inspection> condition, MemberProcess member) {
        await().atMost(PATIENCE)
                .until(
                        () -> {
                            member.requireAlive();
                            return ScriptedMember.applied(store.ask(new Inspect("shop")))
                                    .filter(condition)
                                    .isPresent();
                        });
    }

    private static long held(Inspection seen, String memberId) {
        return seen.splits().stream()
                .filter(split -> split.lease().ownerId().filter(memberId::equals).isPresent())
                .filter(split -> split.lease().claim().isEmpty())
                .count();
    }
}
