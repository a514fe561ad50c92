package io.leasehold.job.cli;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStores;
import io.leasehold.testkit.ScriptedMember;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** How operators' commands are called, and where they find the lease table. */
@Timeout(30)
class OperatorCommandsTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir private Path folder;

    private int execute(Map<String, String> environment, String... arguments) {
        return Transcript.Silent.run(environment, out, err, arguments);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "groups",
                "describe",
                "members",
                "watch",
                "weight",
                "drain",
                "undrain",
                "move",
                "release",
                "evict",
                "reset",
                "forget",
                "schema",
                "check"
            })
    void eachCommandHasHelpAndIsInThatOfAll(String command) {
        assertThat(execute(Map.of(), command, "--help")).isZero();
        assertThat(out.toString()).contains("Usage: leasehold " + command);
        execute(Map.of(), "--help");
        assertThat(out.toString()).contains("  " + command + " ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    describe                                             | --url
                    describe --url memory:a                              | --group
                    describe --url memory:a --group=                     | group is empty
                    describe --url dbc:a --group g                       | begins with 'dbc:'
                    describe --config no-such.yaml                       | no-such.yaml
                    drain --url memory:a --group g                       | --member
                    drain --url memory:a --group g --member m --timeout soon | --timeout is 'soon'
                    weight --url memory:a --group g --member m           | --weight
                    weight --url memory:a --group g --member m --weight -1   | --weight is -1
                    weight --url memory:a --group g --member m --weight 1 --own | mutually exclusive
                    move --url memory:a --group g --split s              | --to
                    reset --url memory:a --group g --to-earliest         | --split
                    reset --url memory:a --group g --all --split s --to-earliest | mutually exclusive
                    reset --url memory:a --group g --all                 | --to-earliest
                    reset --url memory:a --group g --all --by 1 --to-offset 2 | mutually exclusive
                    reset --url memory:a --group g --all --to-offset -2  | offset is -2
                    reset --url memory:a --group g --all --to-timestamp noon | --to-timestamp is 'noon'
                    reset --url memory:a --group g --all --to-timestamp 2026-01-01T00:00:00Z | --bootstrap-servers
                    forget --url memory:a --group g --yes                | --member
                    forget --url memory:a --group g --split s --all      | mutually exclusive
                    watch --url memory:a --group g --count 0             | --count
                    schema --database oracle                             | 'oracle'
                    evict --url memory:a --group g --member m --maybe    | --maybe
                    """)
    void mistakesAreExplained(String arguments, String says) {
        assertThat(execute(Map.of(), arguments.split(" "))).isEqualTo(2);
        assertThat(err.toString()).contains(says).doesNotContain("\tat ", "Exception");
    }

    @Test
    void whatIsSaidWinsOverTheFileAndThatOverTheEnvironment() throws Exception {
        group("memory:said", "in-said");
        group("memory:file", "in-file");
        group("memory:environment", "in-environment");
        Path file =
                Files.writeString(
                        folder.resolve("job.yaml"),
                        "lease:\n  url: memory:file\n  group: in-file\n");
        Map<String, String> environment = Map.of("LEASEHOLD_URL", "memory:environment");

        assertThat(execute(environment, "groups")).isZero();
        assertThat(out.toString()).contains("in-environment").doesNotContain("in-file");
        assertThat(execute(environment, "members", "--config", file.toString())).isZero();
        assertThat(out.toString()).contains("member-of-in-file");
        assertThat(
                        execute(
                                environment,
                                "groups",
                                "--config",
                                file.toString(),
                                "--url",
                                "memory:said"))
                .isZero();
        assertThat(out.toString()).contains("in-said");
    }

    private static void group(String url, String name) throws Exception {
        try (LeaseStore store = LeaseStores.forUrl(url, Map.of()).open(Duration.ofSeconds(1))) {
            new ScriptedMember(store, name, new Incarnation("member-of-" + name, "1")).joined();
        }
    }

    /** The file that operators are told of, and no other. */
    @ParameterizedTest
    @CsvSource({"postgresql, postgresql", "mariadb, mariadb", "mysql, mariadb", "h2, h2"})
    void theSchemaIsTheFileInConf(String database, String file) throws Exception {
        assertThat(execute(Map.of(), "schema", "--database", database)).isZero();
        assertThat(out.toString())
                .isEqualTo(
                        Files.readString(Path.of("..", "conf", "lease-schema-" + file + ".sql")));
    }

    @Test
    void nothingIsDoneToWhatIsNotConfirmed() throws Exception {
        try (LeaseStore store =
                LeaseStores.forUrl("memory:unconfirmed", Map.of()).open(Duration.ofSeconds(1))) {
            ScriptedMember a = new ScriptedMember(store, "g", new Incarnation("a", "1")).joined();
            ScriptedMember.applied(a.discover("s"));
            ScriptedMember.applied(a.close(a, Optional.empty()));
            String[] forget = {"forget", "--url", "memory:unconfirmed", "--group", "g", "--split"};

            assertThat(execute(Map.of(), with(forget, "s"))).isEqualTo(1);
            assertThat(err.toString()).contains("say --yes");
            assertThat(execute(Map.of(), with(forget, "s", "--dry-run"))).isZero();
            assertThat(execute(Map.of(), with(forget, "s", "--dry-run", "--yes"))).isZero();
            assertThat(a.leases()).containsOnlyKeys("s");
            assertThat(execute(Map.of(), with(forget, "s", "--yes"))).isZero();
            assertThat(a.leases()).isEmpty();
            assertThat(execute(Map.of(), with(forget, "s", "--yes"))).isEqualTo(1);
        }
    }

    /** Step by step: a step is taken when what it was before has been said. */
    @Test
    void whatIsLeftOfADrainIsSaidOnStandardErrorAndTheResultIsOneDocument() throws Exception {
        try (LeaseStore store =
                LeaseStores.forUrl("memory:drained", Map.of()).open(Duration.ofSeconds(1))) {
            ScriptedMember blue =
                    new ScriptedMember(store, "g", new Incarnation("blue", "1")).joined();
            ScriptedMember.applied(blue.discover("s", "t"));
            Lease first = blue.taking("s");
            Lease second = blue.taking("t");
            ScriptedMember green =
                    new ScriptedMember(store, "g", new Incarnation("green", "1")).joined();
            CompletableFuture<Integer> exitCode =
                    CompletableFuture.supplyAsync(
                            () ->
                                    execute(
                                            Map.of(),
                                            "drain --url memory:drained --group g --member blue --wait --timeout 25s --json"
                                                    .split(" ")));

            said("blue: 2 splits left");
            ScriptedMember.applied(blue.release(first, Optional.empty()));
            green.taking("s");
            said("blue: 1 split left");
            ScriptedMember.applied(blue.release(second, Optional.empty()));
            said("blue: waits for one more checkpoint");
            assertThat(out.toString()).isEmpty();
            ScriptedMember.applied(blue.declare(MemberState.DRAINED));
            assertThat(exitCode.get(20, TimeUnit.SECONDS)).isZero();
        }
        assertThat(err.toString().lines())
                .containsExactly(
                        "blue: ordered to hand all its splits over, each at its next checkpoint, until undrain; it owns 2",
                        "blue: 2 splits left",
                        "blue: 1 split left",
                        "blue: waits for one more checkpoint");
        try (MappingIterator<JsonNode> documents =
                new ObjectMapper().readerFor(JsonNode.class).readValues(out.toString())) {
            assertThat(documents.readAll())
                    .singleElement()
                    .matches(document -> document.get("done").asBoolean());
        }
    }

    private void said(String line) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> err.toString().lines().anyMatch(line::equals));
    }

    private static String[] with(String[] some, String... more) {
        String[] all = Arrays.copyOf(some, some.length + more.length);
        System.arraycopy(more, 0, all, some.length, more.length);
        return all;
    }
}
