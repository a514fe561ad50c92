package io.leasehold.job.cli;

import io.leasehold.job.GivenOptions;
import io.leasehold.job.JobSettings;
import io.leasehold.job.LeasedQueueJob;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.store.Inspection;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.MembershipRequest.Open;
import io.leasehold.lease.store.OperatorRequest.Inspect;
import io.leasehold.store.jdbc.JdbcLeaseStore;
import io.leasehold.testkit.EmbeddedKafka;
import io.leasehold.testkit.PostgresServer;
import io.leasehold.testkit.ScriptedMember;

import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Every command on a group of two jobs that live, in PostgreSQL: what a person types and sees is
 * compared with what is stored next to this class.
 */
@Timeout(600)
class CommandsITCase {

    private static final int SPLITS = 5;
    private static final int RECORDS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LAST_WORD = Duration.ofSeconds(10);

    /** When the first record of each split was written; one follows each second. */
    private static final Instant FIRST = Instant.now().minus(Duration.ofHours(1));

    private static final String PASSWORD = "planted-Pa55word";

    @RegisterExtension
    private static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(4)
                            .build());

    @TempDir private Path folder;

    private final String database = PostgresServer.newDatabase();
    private final Map<String, String> environment =
            Map.of(
                    "LEASEHOLD_URL",
                    database,
                    "LEASEHOLD_USER",
                    "postgres",
                    "LEASEHOLD_PASSWORD",
                    PASSWORD);
    private final Transcript said = new Transcript(environment);
    private final Transcript saidInJson = new Transcript(environment);

    private void both(String... command) {
        said.done(command);
        saidInJson.done(inJson(command));
    }

    private void bothRefused(String... command) {
        said.refused(command);
        saidInJson.refused(inJson(command));
    }

    private static String[] inJson(String... command) {
        String[] json = Arrays.copyOf(command, command.length + 1);
        json[command.length] = "--json";
        return json;
    }

    private void human(String command) {
        said.done(command.split(" "));
    }

    private void json(String command) {
        saidInJson.done(inJson(command.split(" ")));
    }

    private void both(String command) {
        both(command.split(" "));
    }

    private void bothRefused(String command) {
        bothRefused(command.split(" "));
    }

    @Test
    void everyCommandSaysWhatIsStored() throws Exception {
        PostgresServer.run(database, JdbcLeaseStore.schemas().get("postgresql"));
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            kafka.createTopic("orders", SPLITS);
            kafka.createTopic("done", 1);
            fill(kafka);
            try (LeaseStore store =
                    JdbcLeaseStore.url(database).user("postgres").open(Duration.ofSeconds(10))) {
                JobClient blue = start(kafka, "blue");
                JobClient green = start(kafka, "green");
                live(store);
                blue.cancel().get(30, TimeUnit.SECONDS);
                green.cancel().get(30, TimeUnit.SECONDS);
                closed(store);
                stopped(kafka);
                forgotten(store);
            }
        }
        String human = stored("commands.txt", said);
        String json = stored("commands-json.txt", saidInJson);
        assertThat(said.toString()).isEqualTo(human);
        assertThat(saidInJson.toString()).isEqualTo(json);
        assertThat(said.unmasked() + saidInJson.unmasked()).doesNotContain(PASSWORD);
    }

    private static String stored(String name, Transcript said) throws Exception {
        // To store what is said now: -Dtranscripts=FOLDER.
        String folder = System.getProperty("transcripts");
        if (folder != null) {
            Files.writeString(Path.of(folder, name), said.toString());
        }
        return Transcript.stored(name);
    }

    private void live(LeaseStore store) {
        settled(store, seen -> held(seen, "blue") == 3 && held(seen, "green") == 2);
        settled(
                store,
                seen ->
                        seen.splits().stream()
                                .allMatch(
                                        split ->
                                                split.progress()
                                                        .text()
                                                        .contains("StartingOffset: " + RECORDS)));
        both("groups");
        both("describe --group shop");
        both("members --group shop");
        both("check --group shop");
        both("watch --group shop --count 2 --interval 1");
        moved(store);
        weighed(store);

        bothRefused("release --group shop --split orders-4 --yes");
        bothRefused("evict --group shop --member blue --yes");
        bothRefused("reset --group shop --split orders-0 --to-earliest --yes");
        bothRefused("forget --group shop --split orders-0 --yes");
        bothRefused("forget --group shop --member green --yes");
        bothRefused("forget --group shop --all --yes");

        drained(store);
        forced(store);
    }

    private void moved(LeaseStore store) {
        both("move --group shop --split orders-2 --to green --dry-run");
        human("move --group shop --split orders-2 --to green");
        settled(store, seen -> held(seen, "green") == 3);
        bothRefused("move --group shop --split orders-0 --to green");
        human("move --group shop --split orders-0 --to green --in-return orders-4");
        settled(store, seen -> owns(seen, "green", "orders-0") && owns(seen, "blue", "orders-4"));
        both("describe --group shop");
        json("move --group shop --split orders-4 --to green --in-return orders-0");
        settled(store, seen -> owns(seen, "green", "orders-4") && owns(seen, "blue", "orders-0"));
        json("move --group shop --split orders-2 --to blue");
        settled(store, seen -> held(seen, "blue") == 3);
    }

    private void weighed(LeaseStore store) {
        human("weight --group shop --member green --weight 4");
        settled(store, seen -> held(seen, "green") == 4);
        both("members --group shop");
        human("weight --group shop --member green --own");
        settled(store, seen -> held(seen, "green") == 3);
        json("weight --group shop --member green --weight 4");
        settled(store, seen -> held(seen, "green") == 4);
        json("weight --group shop --member green --own");
        settled(store, seen -> held(seen, "green") == 3);
    }

    private void drained(LeaseStore store) {
        human("drain --group shop --member blue --wait --timeout 2min");
        both("members --group shop");
        both("drain --group shop --member blue");
        human("undrain --group shop --member blue");
        settled(store, seen -> held(seen, "blue") == 2);
        json("drain --group shop --member blue --wait --timeout 2min");
        json("undrain --group shop --member blue");
        settled(store, seen -> held(seen, "blue") == 2);
    }

    private void forced(LeaseStore store) {
        both("move --group shop --split orders-0 --to blue --force --dry-run");
        both("release --group shop --split orders-0 --force --dry-run");
        both("evict --group shop --member green --force --dry-run");
        bothRefused("evict --group shop --member green --force");
        human("evict --group shop --member green --force --yes");
        settled(store, seen -> held(seen, "blue") == SPLITS);
        human("undrain --group shop --member green");
        settled(store, seen -> held(seen, "green") == 2);
    }

    /**
     * A job whose last word did not reach the table in time, on a busy machine, is closed by the
     * others that find it dead; here none is left.
     */
    private void closed(LeaseStore store) {
        try {
            await().atMost(LAST_WORD).until(() -> open(store).isEmpty());
        } catch (ConditionTimeoutException late) {
            for (Incarnation ended : open(store)) {
                ScriptedMember member = new ScriptedMember(store, "shop", ended);
                ScriptedMember.applied(member.close(member, Optional.empty()));
            }
        }
    }

    private static List<Incarnation> open(LeaseStore store) {
        return ScriptedMember.applied(store.ask(new Inspect("shop")))
                .orElseThrow()
                .members()
                .stream()
                .map(Inspection.SeenMember::row)
                .filter(row -> row.state() != MemberState.CLOSED)
                .map(Member::incarnation)
                .toList();
    }

    private void stopped(EmbeddedKafka kafka) throws Exception {
        String broker = " --bootstrap-servers " + kafka.bootstrapServers();
        both("members --group shop");
        bothRefused("reset --group shop --all --to-earliest --yes");
        both("release --group shop --split orders-0 --dry-run");
        human("release --group shop --split orders-0 --yes");
        json("release --group shop --split orders-1 --yes");
        bothRefused("release --group shop --split orders-0 --yes");
        both("evict --group shop --member blue --dry-run");
        bothRefused("forget --group shop --member blue --yes");
        bothRefused("forget --group shop --all --yes");
        human("evict --group shop --member blue --yes");
        json("evict --group shop --member green --yes");
        bothRefused("evict --group shop --member green --yes");

        both("reset --group shop --split orders-0 --to-offset 5 --dry-run");
        bothRefused("reset --group shop --split orders-0 --to-offset 5");
        human("reset --group shop --split orders-0 --to-offset 5 --yes");
        json("reset --group shop --split orders-1 --by -3 --yes");
        both("reset --group shop --split orders-2 --to-earliest --yes");
        both("reset --group shop --split orders-3 --to-progress 7 --yes");
        bothRefused("reset --group shop --all --by -100 --yes");
        bothRefused("reset --group shop --split orders-4 --to-offset 21 --yes" + broker);
        both(
                "reset --group shop --split orders-4 --to-timestamp %s --yes%s"
                        .formatted(FIRST.plusSeconds(9), broker));
        Path config = folder.resolve("job.yaml");
        Files.writeString(
                config,
                "lease.group: shop\nkafka.bootstrap.servers: '%s'\n"
                        .formatted(kafka.bootstrapServers()));
        both("reset --config %s --split=orders-2 --by=2 --yes".formatted(config));
        both("describe --group shop");
        both("forget --group shop --split orders-4 --dry-run");
        bothRefused("forget --group shop --split orders-4");
        human("forget --group shop --split orders-4 --yes");
        json("forget --group shop --split orders-3 --yes");
        both("describe --group shop");
        both("groups");
    }

    private void forgotten(LeaseStore store) {
        both("forget --group shop --member blue --dry-run");
        bothRefused("forget --group shop --member blue");
        human("forget --group shop --member blue --yes");
        json("forget --group shop --member green --yes");
        both("members --group shop");
        bothRefused("forget --group shop --member blue --yes");
        both("forget --group shop --all --dry-run");
        bothRefused("forget --group shop --all");
        human("forget --group shop --all --yes");
        ScriptedMember.applied(
                new ScriptedMember(store, "returns", new Incarnation("red", "red-1"))
                        .send(new Open("returns")));
        json("forget --group returns --all --yes");
        bothRefused("forget --group shop --all --yes");
        both("groups");
    }

    // ------------------------------------------------------------------------------ bad input

    /** One sentence each, and the exit code. */
    @Test
    void whatIsWrongIsSaidInASentence() throws Exception {
        said.run("check");
        PostgresServer.run(database, JdbcLeaseStore.schemas().get("postgresql"));
        PostgresServer.run(
                database,
                """
                CREATE ROLE viewer LOGIN;
                GRANT SELECT ON lease_group, lease_member, lease TO viewer;
                CREATE ROLE operator LOGIN;
                GRANT SELECT, UPDATE ON lease_group, lease_member, lease TO operator
                """);
        try (LeaseStore store =
                JdbcLeaseStore.url(database).user("postgres").open(Duration.ofSeconds(10))) {
            ScriptedMember blue =
                    new ScriptedMember(store, "shop", new Incarnation("blue", "blue-1")).joined();
            ScriptedMember.applied(blue.discover("orders-0", "orders-1", "orders-2"));
            blue.taking("orders-0");
        }
        said.run("describe");
        said.run("describe", "--group", "returns");
        said.run("drain", "--group", "shop", "--member", "red");
        said.run("release", "--group", "shop", "--split", "orders-9", "--yes");
        said.run("reset", "--group", "shop", "--split", "orders-1", "--to-earliest", "--yes");
        said.run(
                "weight",
                "--user",
                "operator",
                "--group",
                "shop",
                "--member",
                "blue",
                "--weight",
                "3");
        said.run("weight", "--user", "viewer", "--group", "shop", "--member", "blue", "--own");
        said.run("describe", "--user", "viewer", "--group", "shop");
        said.run("check", "--user", "viewer");
        said.run("forget", "--user", "viewer", "--group", "shop", "--split", "orders-1", "--yes");
        said.run("forget", "--group", "shop", "--member", "blue", "--yes");

        PostgresServer.run(
                database, "UPDATE lease SET claimant = 'red' WHERE split_id = 'orders-1'");
        PostgresServer.run(database, "UPDATE lease_member SET state = 'HAPPY'");
        said.run("describe", "--group", "shop");
        said.run("members", "--group", "shop");
        said.run("check", "--group", "shop");
        said.run("release", "--group", "shop", "--split", "orders-1", "--yes");
        said.run("drain", "--group", "shop", "--member", "blue");
        PostgresServer.run(database, "UPDATE lease_group SET schema_version = 9");
        said.run("describe", "--group", "shop");
        said.run("check");
        said.run("groups");

        assertThat(said.toString()).isEqualTo(stored("mistakes.txt", said));
        assertThat(said.unmasked()).doesNotContain(PASSWORD, "\tat ", "Exception");
    }

    @Test
    void aWrongPasswordAndAStoreThatIsNotThereAreSaidAndNotShown() throws Exception {
        PostgresServer.run(database, JdbcLeaseStore.schemas().get("postgresql"));
        try (var connection = PostgresServer.connect(database);
                var statement = connection.createStatement();
                var answer = statement.executeQuery("SHOW hba_file")) {
            answer.next();
            Path rules = Path.of(answer.getString(1));
            Files.writeString(
                    rules,
                    "host all locked all scram-sha-256\n" + Files.readString(rules),
                    StandardCharsets.UTF_8);
        }
        PostgresServer.run(database, "CREATE ROLE locked SUPERUSER LOGIN PASSWORD 'right'");
        PostgresServer.run(database, "SELECT pg_reload_conf()");
        Path right = Files.writeString(folder.resolve("right"), "right\n");

        assertThat(said.run("groups", "--user", "locked")).isEqualTo(3);
        assertThat(said.run("groups", "--user", "locked", "--password-file", right.toString()))
                .isZero();
        assertThat(said.run("groups", "--password-file", "no-such-file")).isEqualTo(3);
        assertThat(
                        said.run(
                                "groups",
                                "--url",
                                "jdbc:postgresql://127.0.0.1:1/leases?password="
                                        + PASSWORD.toUpperCase(Locale.ROOT)))
                .isEqualTo(3);
        assertThat(said.unmasked())
                .contains("does not accept this user and password", "cannot be reached")
                .doesNotContain(PASSWORD, "\tat ", "Exception");
    }

    // ------------------------------------------------------------------------------ setting up

    private JobClient start(EmbeddedKafka kafka, String memberId) throws Exception {
        var jobEnvironment = StreamExecutionEnvironment.getExecutionEnvironment();
        LeasedQueueJob.build(
                jobEnvironment,
                JobSettings.of(
                        GivenOptions.fromArguments(
                                List.of(
                                        "--kafka.bootstrap.servers=" + kafka.bootstrapServers(),
                                        "--kafka.topics=orders",
                                        "--lease.group=shop",
                                        "--lease.member.id=" + memberId,
                                        "--lease.url=" + database,
                                        "--lease.user=postgres",
                                        "--lease.duration=4 s",
                                        "--lease.initial.members=2",
                                        "--sink.topic=done",
                                        "--sink.guarantee=at-least-once",
                                        "--checkpoint.interval=500 ms",
                                        "--checkpoint.dir=" + folder.toUri(),
                                        "--restart.strategy=none",
                                        "--job.parallelism=2"))));
        return jobEnvironment.executeAsync();
    }

    private static void fill(EmbeddedKafka kafka) {
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new StringSerializer(),
                        new StringSerializer())) {
            for (int record = 0; record < RECORDS; record++) {
                for (int split = 0; split < SPLITS; split++) {
                    producer.send(
                            new ProducerRecord<>(
                                    "orders",
                                    split,
                                    FIRST.plusSeconds(record).toEpochMilli(),
                                    "customer",
                                    "order"));
                }
            }
        }
    }

    /** When, in addition, every split has an owner and nothing is on its way. */
    private void settled(LeaseStore store, Predicate<Inspection> condition) {
        until(
                store,
                seen ->
                        condition.test(seen)
                                && seen.splits().stream()
                                        .map(Inspection.SeenSplit::lease)
                                        .allMatch(
                                                lease ->
                                                        lease.owner().isPresent()
                                                                && lease.claim().isEmpty()));
    }

    private void until(LeaseStore store, Predicate<Inspection> condition) {
        AtomicReference<Optional<Inspection>> seen = new AtomicReference<>(Optional.empty());
        try {
            await().atMost(PATIENCE)
                    .until(
                            () -> {
                                seen.set(ScriptedMember.applied(store.ask(new Inspect("shop"))));
                                return seen.get().filter(condition).isPresent();
                            });
        } catch (ConditionTimeoutException late) {
            throw new AssertionError(
                    "Not so within %s, but %s, after%n%s%nand in JSON%n%s"
                            .formatted(PATIENCE, seen.get(), said, saidInJson),
                    late);
        }
    }

    private static long held(Inspection seen, String memberId) {
        return seen.splits().stream()
                .filter(split -> split.lease().ownerId().filter(memberId::equals).isPresent())
                .count();
    }

    private static boolean owns(Inspection seen, String memberId, String splitId) {
        return seen.split(splitId)
                .filter(split -> split.lease().ownerId().filter(memberId::equals).isPresent())
                .isPresent();
    }
}
