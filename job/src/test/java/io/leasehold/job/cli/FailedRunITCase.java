package io.leasehold.job.cli;

import io.leasehold.store.jdbc.JdbcLeaseStore;
import io.leasehold.testkit.PostgresServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** A job that can never work, run from the command line with its default restart strategy. */
@Timeout(180)
class FailedRunITCase {

    private static final String PASSWORD = "planted-Pa55word";

    @TempDir private Path folder;

    private final StringWriter err = new StringWriter();

    @Test
    void aWrongPasswordEndsItWithOneSentence() throws Exception {
        String database = PostgresServer.newDatabase();
        PostgresServer.run(database, JdbcLeaseStore.schemas().get("postgresql"));
        PostgresServer.distrust(database, "failed_run", "right");

        assertThat(run(database)).isEqualTo(1);

        assertThat(err.toString().strip().lines())
                .singleElement()
                .asString()
                .startsWith(
                        "The job failed: The lease store at %s does not accept this user and password: "
                                .formatted(database))
                .doesNotContain(PASSWORD);
    }

    @Test
    void aUserInTheUrlIsAWrongOption() throws Exception {
        assertThat(run("jdbc:postgresql://me:%s@localhost/leases".formatted(PASSWORD)))
                .isEqualTo(2);

        assertThat(err.toString().strip())
                .contains("has a user next to the host; use the options user and password instead")
                .doesNotContain(PASSWORD);
    }

    private int run(String url) throws Exception {
        Path options =
                Files.writeString(
                        folder.resolve("job.yaml"),
                        """
                        kafka.bootstrap.servers: localhost:1
                        kafka.topics: orders
                        lease.group: orders
                        lease.url: %s
                        lease.user: failed_run
                        lease.password: %s
                        sink.kind: print
                        """
                                .formatted(url, PASSWORD));
        CommandLine leasehold = Leasehold.commandLine(Map.of());
        leasehold.setOut(new PrintWriter(new StringWriter(), true));
        leasehold.setErr(new PrintWriter(err, true));
        return leasehold.execute("run", "--config", options.toString());
    }
}
