package io.leasehold.store.jdbc;

import io.leasehold.store.jdbc.sql.Sql;
import io.leasehold.store.jdbc.sql.Values;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Settings of a database that let it lose commits that were answered. */
final class Durability {

    private static final String REPLICAS = "replicas";

    private static final Sql POSTGRES =
            Sql.of(
                    """
                    SELECT name, setting FROM pg_settings
                     WHERE name IN ('synchronous_commit', 'fsync', 'full_page_writes',
                                    'synchronous_standby_names')
                    UNION ALL
                    SELECT 'replicas', CAST(COUNT(*) AS text) FROM pg_stat_replication
                    """);

    private static final Sql MARIADB =
            Sql.of(
                    """
                    SHOW GLOBAL VARIABLES
                     WHERE Variable_name IN ('innodb_flush_log_at_trx_commit', 'log_bin',
                                             'sync_binlog')
                    """);

    private Durability() {}

    /** One sentence for each setting that is a danger, as far as this user may know. */
    static List<String> warnings(JdbcSession session) throws SQLException {
        return switch (session.dialect().schema().database()) {
            case "postgresql" -> ofPostgres(settings(session, POSTGRES));
            case "mariadb" -> ofMariaDb(settings(session, MARIADB));
            default -> List.of();
        };
    }

    private static Map<String, String> settings(JdbcSession session, Sql sql) throws SQLException {
        Map<String, String> settings = new HashMap<>();
        session.query(
                        sql,
                        Values.of(""),
                        row -> Map.entry(row.getString(1), String.valueOf(row.getString(2))))
                .forEach(
                        setting ->
                                settings.put(
                                        setting.getKey().toLowerCase(Locale.ROOT),
                                        setting.getValue().toLowerCase(Locale.ROOT)));
        return settings;
    }

    static List<String> ofPostgres(Map<String, String> settings) {
        List<String> warnings = new ArrayList<>();
        if (is(settings, "synchronous_commit", "off")) {
            warnings.add(
                    "synchronous_commit is off: a crash of the server loses changes that jobs were told are made");
        }
        if (is(settings, "fsync", "off")) {
            warnings.add(
                    "fsync is off: a crash of the machine loses changes or destroys the tables");
        }
        if (is(settings, "full_page_writes", "off")) {
            warnings.add("full_page_writes is off: a crash of the machine may destroy the tables");
        }
        if (!is(settings, REPLICAS, "0")
                && settings.containsKey(REPLICAS)
                && (is(settings, "synchronous_standby_names", "")
                        || is(settings, "synchronous_commit", "local"))) {
            warnings.add(
                    "replicas are connected, and commits do not wait for them: one that takes over may lack changes that jobs were told are made");
        }
        return warnings;
    }

    static List<String> ofMariaDb(Map<String, String> settings) {
        List<String> warnings = new ArrayList<>();
        String flush = "innodb_flush_log_at_trx_commit";
        if (settings.containsKey(flush) && !is(settings, flush, "1")) {
            warnings.add(
                    "%s is %s, not 1: a crash loses changes that jobs were told are made"
                            .formatted(flush, settings.get(flush)));
        }
        if (is(settings, "log_bin", "on")
                && settings.containsKey("sync_binlog")
                && !is(settings, "sync_binlog", "1")) {
            warnings.add(
                    "sync_binlog is %s, not 1: after a crash, replicas may have other changes than the server"
                            .formatted(settings.get("sync_binlog")));
        }
        return warnings;
    }

    private static boolean is(Map<String, String> settings, String name, String value) {
        return value.equals(settings.get(name));
    }
}
