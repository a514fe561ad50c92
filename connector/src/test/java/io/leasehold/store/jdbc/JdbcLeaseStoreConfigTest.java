package io.leasehold.store.jdbc;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Unknown;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.LeaseStoreException.Kind;
import io.leasehold.lease.store.MembershipRequest.Open;
import io.leasehold.testkit.ScriptedMember;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(60)
class JdbcLeaseStoreConfigTest {

    /** For what cannot be reached, or is refused: the pool tries again for so long. */
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    /** For what will answer, on a machine that has much to do. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final String SECRET = "hush";

    @Test
    void noSecretIsShown() {
        assertThat(
                        JdbcLeaseStore.url(
                                        "jdbc:postgresql://host/db?user=me&password=hush&ssl=true&sslpassword=hush")
                                .password(SECRET)
                                .toString())
                .isEqualTo("jdbc:postgresql://host/db?user=me&ssl=true");
        assertThat(JdbcLeaseStore.url("jdbc:h2:mem:x;PASSWORD=hush;MODE=MySQL").toString())
                .isEqualTo("jdbc:h2:mem:x;MODE=MySQL");
        assertThat(JdbcLeaseStore.url("jdbc:postgresql://me:hush@host/db").toString())
                .isEqualTo("jdbc:postgresql://***@host/db");
        assertThat(
                        JdbcLeaseStore.url("jdbc:mariadb://host/db?password=hush&useSsl=true")
                                .toString())
                .isEqualTo("jdbc:mariadb://host/db?useSsl=true");
        assertThat(
                        JdbcLeaseStore.url("jdbc:mysql://host/db?a&allowMultiqueries=false&b=")
                                .toString())
                .isEqualTo("jdbc:mysql://host/db?a&b=");
        assertThat(JdbcLeaseStore.url("jdbc:mysql://me:hush@host/db").toString())
                .isEqualTo("jdbc:mysql://***@host/db");
        assertThat(JdbcLeaseStore.url("jdbc:mysql://(host=h,port=1,password=hush(;)/db").toString())
                .isEqualTo("jdbc:mysql://(***)");
        assertThat(
                        JdbcLeaseStore.url("jdbc:mysql://address=(host=h)(user=me)(password=hush)")
                                .toString())
                .isEqualTo("jdbc:mysql://address=(***)");
        assertThat(JdbcLeaseStore.url("jdbc:oracle://host?password=hush").toString())
                .isEqualTo("jdbc:oracle://host");
    }

    @Test
    void aUserBeforeTheHostIsRefusedWithoutShowingIt() {
        assertThatThrownBy(
                        () -> JdbcLeaseStore.url("jdbc:postgresql://me:hush@host/db").open(TIMEOUT))
                .isInstanceOf(LeaseStoreException.class)
                .hasMessageContaining("jdbc:postgresql://***@host/db")
                .hasMessageNotContaining(SECRET);
    }

    @Test
    void aPasswordInBracketsIsRefusedWithoutShowingIt() {
        assertThatThrownBy(
                        () ->
                                JdbcLeaseStore.url("jdbc:mysql://(host=h, password=hush)/db")
                                        .open(TIMEOUT))
                .isInstanceOf(LeaseStoreException.class)
                .hasMessageContaining("jdbc:mysql://(***)")
                .hasMessageContaining("use the options user and password")
                .hasMessageNotContaining(SECRET);
    }

    @Test
    void aDriverThatIsMissingIsNamed() {
        assertThatThrownBy(() -> JdbcLeaseStore.url("jdbc:mysql://host/db").open(TIMEOUT))
                .isInstanceOf(LeaseStoreException.class)
                .hasMessage(
                        "No JDBC driver on the class path accepts jdbc:mysql://host/db; add the jar of the mysql driver. If it is there, its entry in META-INF/services/java.sql.Driver was lost when jars were put together: set lease.jdbc.driver to its class.");
    }

    /** As in a shaded jar, which has lost the service entries of what it is made of. */
    @Test
    void aDriverWithoutAServiceEntryMayBeNamed() throws Exception {
        JdbcLeaseStore.url("jdbc:mysql://host/db")
                .driver(Unlisted.class.getName())
                .open(TIMEOUT)
                .close();
        ScriptedMember.applied(
                opened(PATIENCE, JdbcLeaseStore.url("jdbc:h2:mem:named").driver("org.h2.Driver")));
    }

    /** Accepts what no other driver here does. */
    public static final class Unlisted extends org.h2.Driver {

        @Override
        public boolean acceptsURL(String url) {
            return url.startsWith("jdbc:mysql:");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "com.example.Driver | com.example.Driver that lease.jdbc.driver names is not on the class path; add its jar.",
                "java.lang.String | java.lang.String that lease.jdbc.driver names is not a JDBC driver.",
                "org.postgresql.Driver | org.postgresql.Driver that lease.jdbc.driver names does not accept jdbc:h2:mem:named; name the driver of that database."
            })
    void aNamedDriverThatCannotServeIsToldWithTheReason(String driver, String why) {
        JdbcLeaseStoreConfig named = JdbcLeaseStore.url("jdbc:h2:mem:named").driver(driver);
        named.validate();

        assertThatThrownBy(() -> named.open(TIMEOUT))
                .hasMessage("The class " + why)
                .extracting(e -> ((LeaseStoreException) e).kind())
                .isEqualTo(Kind.MISCONFIGURED);
    }

    @Test
    void anUnknownDatabaseIsToldWhichThereAre() {
        assertThatThrownBy(() -> JdbcLeaseStore.url("jdbc:oracle:thin:@host?p=hush").open(TIMEOUT))
                .isInstanceOf(LeaseStoreException.class)
                .hasMessageContaining("h2, postgresql, mariadb, mysql")
                .hasMessageNotContaining(SECRET);
    }

    /** Where the job is put together, on whatever machine; and where it is opened all the same. */
    @Test
    void whatCanWorkNowhereIsRefusedAtGraphTime() {
        String h2 = "jdbc:h2:mem:refused";
        for (JdbcLeaseStoreConfig wrong :
                List.of(
                        JdbcLeaseStore.url("jdbc:postgresql://me:hush@host/db"),
                        JdbcLeaseStore.url("jdbc:mysql://(host=h,user=me)/db"),
                        JdbcLeaseStore.url("jdbc:oracle:thin:@host"),
                        JdbcLeaseStore.url(h2).property("schema.create", "maybe"),
                        JdbcLeaseStore.url(h2).password(SECRET).passwordFile("/some/file"),
                        JdbcLeaseStore.url(h2).property("hikari.noSuchThing", SECRET),
                        JdbcLeaseStore.url(h2).property("hikari.maximumPoolSize", "many"),
                        JdbcLeaseStore.url(h2).property("hikari.password", SECRET),
                        JdbcLeaseStore.url(h2).driver("/opt/flink/lib/h2-2.4.240.jar"),
                        JdbcLeaseStore.url(h2).driver("postgresql.jar"),
                        JdbcLeaseStore.url(h2).driver("org.h2."))) {
            assertThatThrownBy(wrong::validate)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining(SECRET)
                    .satisfies(
                            refused ->
                                    assertThatThrownBy(() -> wrong.open(TIMEOUT))
                                            .hasMessage(refused.getMessage())
                                            .extracting(e -> ((LeaseStoreException) e).kind())
                                            .isEqualTo(Kind.MISCONFIGURED));
        }
    }

    /** The machine that puts a job together need not have them. */
    @Test
    void filesVariablesAndDriversAreNotLookedForAtGraphTime() {
        JdbcLeaseStore.url("jdbc:mysql://host/db").validate();
        JdbcLeaseStore.url("jdbc:h2:mem:x").passwordFile("/no/such/file").validate();
        JdbcLeaseStore.url("jdbc:h2:mem:x").passwordEnv("NO_SUCH_VARIABLE").validate();
    }

    /** A file may be about to be there; a variable of a process never is. */
    @Test
    void aPasswordThatCannotBeReadIsToldWithoutAsking() throws Exception {
        JdbcLeaseStoreConfig h2 = JdbcLeaseStore.url("jdbc:h2:mem:unreadable");

        LeaseStoreException noFile = unknown(opened(PATIENCE, h2.passwordFile("/no/such/file")));
        assertThat(noFile.kind()).isEqualTo(Kind.LOGIN_REFUSED);
        assertThat(noFile)
                .hasMessage(
                        "The file with the password of the lease store, password.file=/no/such/file, cannot be read: there is no such file");
        LeaseStoreException noVariable =
                unknown(opened(PATIENCE, h2.passwordEnv("NO_SUCH_VARIABLE")));
        assertThat(noVariable.kind()).isEqualTo(Kind.DENIED);
        assertThat(noVariable).hasMessageContaining("password.env=NO_SUCH_VARIABLE, is not set");
    }

    /** It is rotated in the database, then in the file, while the job runs. */
    @Test
    void aPasswordInAFileIsReadForEachNewConnection(@TempDir Path folder) throws Exception {
        String url = "jdbc:h2:mem:rotated;DB_CLOSE_DELAY=-1";
        Path file = Files.writeString(folder.resolve("password"), "first");
        ScriptedMember.applied(
                opened(PATIENCE, JdbcLeaseStore.url(url).user("admin").password("admin")));
        h2(url, "CREATE USER me PASSWORD 'first' ADMIN");
        try (LeaseStore store =
                JdbcLeaseStore.url(url).user("me").passwordFile(file.toString()).open(TIMEOUT)) {
            ScriptedMember.applied(store.ask(new Open("g")));

            h2(url, "ALTER USER me SET PASSWORD 'second'");
            cutOff(url);
            LeaseStoreException refused = refused(store);
            assertThat(refused.kind()).isEqualTo(Kind.LOGIN_REFUSED);
            assertThat(refused).hasMessageContaining("does not accept this user and password");

            Files.writeString(file, "second");
            ScriptedMember.applied(store.ask(new Open("g")));
        }
    }

    private static LeaseStoreException refused(LeaseStore store) {
        for (int i = 0; i < 3; i++) {
            if (store.ask(new Open("g")) instanceof Unknown<Membership> unknown
                    && unknown.cause().kind() != Kind.UNREACHABLE) {
                return unknown.cause();
            }
        }
        throw new AssertionError("It is answered.");
    }

    private static void cutOff(String url) throws SQLException {
        h2(
                url,
                "SELECT ABORT_SESSION(session_id) FROM information_schema.sessions WHERE user_name = 'ME'");
    }

    private static void h2(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, "admin", "admin");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void settingsThatCannotWorkAreRefusedAtOnce() {
        JdbcLeaseStoreConfig h2 = JdbcLeaseStore.url("jdbc:h2:mem:settings");
        assertThatThrownBy(() -> h2.property("schema.create", "maybe").open(TIMEOUT))
                .hasMessageContaining("schema.create is 'maybe'");
        assertThatThrownBy(() -> h2.password(SECRET).passwordFile("/some/file").open(TIMEOUT))
                .hasMessageContaining("password.file=/some/file")
                .hasMessageNotContaining(SECRET);
        assertThatThrownBy(() -> h2.passwordFile("/some/file").passwordEnv("SOME").open(TIMEOUT))
                .hasMessage(
                        "Both password.env=SOME and password.file=/some/file are set; leave one out.");
        assertThatThrownBy(() -> h2.property("hikari.noSuchThing", "1").open(TIMEOUT))
                .isInstanceOf(LeaseStoreException.class)
                .hasMessageContaining("noSuchThing");
    }

    @Test
    void thePasswordMayBeInTheUrlInAFileOrGiven(@TempDir Path folder) throws Exception {
        String url = "jdbc:h2:mem:passwords;DB_CLOSE_DELAY=-1";
        Path file = Files.writeString(folder.resolve("password"), SECRET + "\n");
        JdbcLeaseStoreConfig me = JdbcLeaseStore.url(url).user("me");

        ScriptedMember.applied(opened(PATIENCE, me.password(SECRET)));
        ScriptedMember.applied(opened(PATIENCE, me.passwordFile(file.toString())));
        ScriptedMember.applied(
                opened(PATIENCE, JdbcLeaseStore.url(url + ";PASSWORD=hush").user("me")));
    }

    @Test
    void thePasswordMayBeInTheEnvironment() throws Exception {
        String url = "jdbc:h2:mem:password_in_environment;DB_CLOSE_DELAY=-1";
        JdbcLeaseStoreConfig me = JdbcLeaseStore.url(url).user("me");
        ScriptedMember.applied(opened(PATIENCE, me.password(System.getenv("PATH"))));

        ScriptedMember.applied(opened(PATIENCE, me.passwordEnv("PATH")));
        assertThat(unknown(opened(TIMEOUT, me.passwordEnv("HOME"))))
                .hasMessageContaining("does not accept this user and password");
    }

    @Test
    void aWrongPasswordIsForAPersonToMendAndNotShown() throws Exception {
        String url = "jdbc:h2:mem:wrong_password;DB_CLOSE_DELAY=-1";
        ScriptedMember.applied(
                opened(PATIENCE, JdbcLeaseStore.url(url).user("me").password("right")));

        LeaseStoreException failure =
                unknown(
                        opened(
                                TIMEOUT,
                                JdbcLeaseStore.url(url + ";PASSWORD=" + SECRET).user("me")));

        assertThat(failure.retryable()).isFalse();
        assertThat(failure).hasMessageContaining("does not accept this user and password");
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString()).doesNotContain(SECRET);
    }

    @Test
    void theReasonOfAFirstStatementThatFailsIsShown() throws Exception {
        // More than H2 takes for a time-out.
        Duration tooLong = Duration.ofDays(60);

        assertThat(unknown(opened(tooLong, JdbcLeaseStore.url("jdbc:h2:mem:first_statement"))))
                .hasMessageContaining(String.valueOf(tooLong.toMillis()));
    }

    @Test
    void missingTablesAreNotCreatedIfNotWanted() throws Exception {
        LeaseStoreException failure =
                unknown(
                        opened(
                                TIMEOUT,
                                JdbcLeaseStore.url("jdbc:h2:mem:no_tables").createSchema(false)));

        assertThat(failure.retryable()).isFalse();
        assertThat(failure)
                .hasMessageContaining("conf/lease-schema-h2.sql")
                .hasMessageContaining("lease.schema.create");
    }

    @Test
    void anInterruptIsKept() throws Exception {
        try (LeaseStore store = JdbcLeaseStore.url("jdbc:h2:mem:interrupted").open(TIMEOUT)) {
            Thread.currentThread().interrupt();
            LeaseOutcome<Membership> outcome = store.ask(new Open("g"));

            assertThat(Thread.interrupted()).isTrue();
            assertThat(unknown(outcome).retryable()).isTrue();
            new ScriptedMember(store, "g", new Incarnation("a", "1")).joined();
        }
    }

    private static LeaseOutcome<Membership> opened(Duration timeout, JdbcLeaseStoreConfig config)
            throws LeaseStoreException {
        try (LeaseStore store = config.open(timeout)) {
            return store.ask(new Open("g"));
        }
    }

    private static LeaseStoreException unknown(LeaseOutcome<Membership> outcome) {
        assertThat(outcome).isInstanceOf(Unknown.class);
        return ((Unknown<Membership>) outcome).cause();
    }
}
