package io.leasehold.store.jdbc.sql;

import io.leasehold.lease.store.LeaseStoreException;

import org.junit.jupiter.api.Test;

import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Which files make the tables, and what a person is told whose tables are others. */
class LeaseSchemaTest {

    private static final LeaseSchema SINCE_1 = new LeaseSchema("some", 1);

    @Test
    void everyDatabaseHasAFileThatSaysTheVersionOfTheTablesItMakes() {
        assertThat(SqlDialects.schemas())
                .isNotEmpty()
                .allSatisfy(
                        schema ->
                                assertThat(LeaseSchema.text(schema.file()))
                                        .contains(
                                                "Schema version " + LeaseSql.SCHEMA_VERSION + "."));
    }

    @Test
    void everyVersionThatADatabaseEverHadHasAFileThatMigratesIt() {
        assertThat(SqlDialects.schemas())
                .allSatisfy(
                        schema -> {
                            int[] olds =
                                    IntStream.range(schema.first(), LeaseSql.SCHEMA_VERSION)
                                            .toArray();
                            assertThat(schema.migrations()).hasSize(olds.length);
                            for (int at = 0; at < olds.length; at++) {
                                assertThat(LeaseSchema.text(schema.migrations().get(at)))
                                        .contains(
                                                "from schema version %d to %d."
                                                        .formatted(olds[at], olds[at] + 1))
                                        .contains("schema_version = " + (olds[at] + 1));
                            }
                        });
    }

    @Test
    void whatTheJarRunsIsWhatTheMessagesName() {
        assertThat(SINCE_1.file()).isEqualTo("conf/lease-schema-some.sql");
        assertThat(SINCE_1.migrations(1))
                .containsExactly(
                        "conf/lease-schema-some-1-to-2.sql", "conf/lease-schema-some-2-to-3.sql");
        assertThat(SINCE_1.migrations(LeaseSql.SCHEMA_VERSION)).isEmpty();
    }

    @Test
    void olderTablesAreForAPersonToMigrate() {
        assertThatThrownBy(() -> SINCE_1.requireKnown(1))
                .isInstanceOf(LeaseStoreException.class)
                .hasMessage(
                        "The lease tables have schema version 1 and this Leasehold knows 3; stop all jobs that keep their leases there, and run conf/lease-schema-some-1-to-2.sql, then conf/lease-schema-some-2-to-3.sql.");
    }

    @Test
    void newerTablesAreForANewerLeasehold() {
        assertThatThrownBy(() -> SINCE_1.requireKnown(7))
                .isInstanceOf(LeaseStoreException.class)
                .hasMessage(
                        "The lease tables have schema version 7 and this Leasehold knows 3; use a newer Leasehold.");
    }

    @Test
    void aVersionThatTheDatabaseNeverHadIsNotToldToMigrate() {
        assertThatThrownBy(() -> new LeaseSchema("later", 3).requireKnown(1))
                .hasMessage(
                        "The lease tables have schema version 1 and this Leasehold knows 3; that of later begins with 3.");
    }

    @Test
    void tablesOfThisVersionAreFine() {
        assertThatCode(() -> SINCE_1.requireKnown(LeaseSql.SCHEMA_VERSION))
                .doesNotThrowAnyException();
    }
}
