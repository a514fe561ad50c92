package io.leasehold.store.jdbc.sql;

import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.LeaseStoreException.Kind;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The tables of one kind of database: the files that make them, and which version they must have.
 *
 * @param database as in the names of the files
 * @param first the earliest version that this database ever had
 */
public record LeaseSchema(String database, int first) {

    /** Where an operator finds the files. */
    private static final String FOLDER = "conf/";

    private static final String FOLDER_IN_JAR = "/io/leasehold/store/jdbc/";

    /** The file that makes the tables. */
    public String file() {
        return FOLDER + "lease-schema-" + database + ".sql";
    }

    /** The files that make today's tables of those of some version, in the order to run them. */
    public List<String> migrations(int version) {
        return IntStream.range(Math.max(first, version), LeaseSql.SCHEMA_VERSION)
                .mapToObj(
                        step ->
                                FOLDER
                                        + "lease-schema-%s-%s-to-%s.sql"
                                                .formatted(database, step, step + 1))
                .toList();
    }

    /** All files that older tables may need; each does nothing where it was run before. */
    public List<String> migrations() {
        return migrations(first);
    }

    /** What the file says. */
    public static String text(String file) {
        String inJar = FOLDER_IN_JAR + file.substring(FOLDER.length());
        try (InputStream in = LeaseSchema.class.getResourceAsStream(inJar)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + inJar + " from the jar.", e);
        }
    }

    /** Rows of another version may mean something else: nothing is done with them. */
    public void requireKnown(int version) throws LeaseStoreException {
        if (version > LeaseSql.SCHEMA_VERSION) {
            throw new LeaseStoreException(
                    "The lease tables have schema version %s and this Leasehold knows %s; use a newer Leasehold."
                            .formatted(version, LeaseSql.SCHEMA_VERSION),
                    Kind.DENIED,
                    null);
        }
        if (version < LeaseSql.SCHEMA_VERSION) {
            throw new LeaseStoreException(
                    "The lease tables have schema version %s and this Leasehold knows %s; %s."
                            .formatted(version, LeaseSql.SCHEMA_VERSION, remedy(version)),
                    Kind.DENIED,
                    null);
        }
    }

    private String remedy(int version) {
        return migrations(version).isEmpty()
                ? "that of %s begins with %s".formatted(database, first)
                : "stop all jobs that keep their leases there, and run %s"
                        .formatted(inOrder(migrations(version)));
    }

    public static String inOrder(List<String> files) {
        return String.join(", then ", files);
    }
}
