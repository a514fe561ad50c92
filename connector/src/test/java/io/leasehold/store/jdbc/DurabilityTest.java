package io.leasehold.store.jdbc;

import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** Settings that let a database lose commits are told, and no others. */
class DurabilityTest {

    private static final Map<String, String> SAFE_POSTGRES =
            Map.of(
                    "synchronous_commit", "on",
                    "fsync", "on",
                    "full_page_writes", "on",
                    "synchronous_standby_names", "",
                    "replicas", "0");

    private static final Map<String, String> SAFE_MARIADB =
            Map.of("innodb_flush_log_at_trx_commit", "1", "log_bin", "on", "sync_binlog", "1");

    private static Map<String, String> with(
            Map<String, String> settings, String name, String value) {
        Map<String, String> changed = new HashMap<>(settings);
        changed.put(name, value);
        return changed;
    }

    @Test
    void aDurableServerIsFine() {
        assertThat(Durability.ofPostgres(SAFE_POSTGRES)).isEmpty();
        assertThat(Durability.ofMariaDb(SAFE_MARIADB)).isEmpty();
    }

    @Test
    void whatMayNotBeReadIsNotWarnedOf() {
        assertThat(Durability.ofPostgres(Map.of())).isEmpty();
        assertThat(Durability.ofMariaDb(Map.of())).isEmpty();
    }

    @Test
    void eachSettingThatLosesCommitsIsNamed() {
        for (String name : new String[] {"synchronous_commit", "fsync", "full_page_writes"}) {
            assertThat(Durability.ofPostgres(with(SAFE_POSTGRES, name, "off")))
                    .singleElement()
                    .asString()
                    .startsWith(name + " is off");
        }
        assertThat(Durability.ofMariaDb(with(SAFE_MARIADB, "innodb_flush_log_at_trx_commit", "2")))
                .singleElement()
                .asString()
                .startsWith("innodb_flush_log_at_trx_commit is 2");
        assertThat(Durability.ofMariaDb(with(SAFE_MARIADB, "sync_binlog", "0")))
                .singleElement()
                .asString()
                .startsWith("sync_binlog is 0");
    }

    @Test
    void replicasThatCommitsDoNotWaitForAreADanger() {
        Map<String, String> replicated = with(SAFE_POSTGRES, "replicas", "1");

        assertThat(Durability.ofPostgres(replicated)).hasSize(1);
        Map<String, String> waiting = with(replicated, "synchronous_standby_names", "any 1 (b)");
        assertThat(Durability.ofPostgres(waiting)).isEmpty();
        assertThat(Durability.ofPostgres(with(waiting, "synchronous_commit", "local"))).hasSize(1);
    }

    @Test
    void withoutABinaryLogItIsOfNoMatterHowItIsWritten() {
        assertThat(
                        Durability.ofMariaDb(
                                with(with(SAFE_MARIADB, "log_bin", "off"), "sync_binlog", "0")))
                .isEmpty();
    }
}
