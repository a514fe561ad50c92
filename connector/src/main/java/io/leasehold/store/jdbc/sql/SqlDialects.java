package io.leasehold.store.jdbc.sql;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The dialects there are. */
public final class SqlDialects {

    private static final List<SqlDialect> KNOWN =
            List.of(
                    new H2Dialect(),
                    new PostgresDialect(),
                    new MariaDbDialect(),
                    new MySqlDialect());

    private SqlDialects() {}

    /** The dialect for a JDBC URL, if there is one. */
    public static Optional<SqlDialect> of(String url) {
        return KNOWN.stream()
                .filter(dialect -> url.startsWith("jdbc:" + dialect.name() + ":"))
                .findFirst();
    }

    public static List<String> names() {
        return KNOWN.stream().map(SqlDialect::name).toList();
    }

    public static List<LeaseSchema> schemas() {
        return KNOWN.stream().map(SqlDialect::schema).distinct().toList();
    }

    /** What makes the tables, by the name of the database in JDBC URLs. */
    public static Map<String, LeaseSchema> schemasByName() {
        Map<String, LeaseSchema> byName = new TreeMap<>();
        KNOWN.forEach(dialect -> byName.put(dialect.name(), dialect.schema()));
        return byName;
    }
}
