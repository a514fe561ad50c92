package io.leasehold.store.jdbc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The password of a database user, which is read for each new connection: a file may hold another
 * one by then. {@code toString} does not show it. Safe for many threads.
 */
final class JdbcPassword {

    private interface Source {
        /**
         * The value of an environment variable, which stays the same as long as the process lives.
         *
         * @param option the option that names the variable, for an error
         */
        static JdbcPassword inVariable(String option, String name) {
            return new JdbcPassword(() -> Optional.of(variable(option, name)), false);
        }

        private static String variable(String option, String name)
                throws UnreadablePasswordException {
            String value = System.getenv(name);
            if (value == null) {
                throw new UnreadablePasswordException(
                        "The environment variable with the password of the lease store, %s=%s, is not set where the store is opened, in the JobManager."
                                .formatted(option, name),
                        null);
            }
            return value;
        }

        Optional<String> read() throws UnreadablePasswordException;
    }

    private final Source source;
    private final boolean mayChange;

    private JdbcPassword(Source source, boolean mayChange) {
        this.source = source;
        this.mayChange = mayChange;
    }

    /** One that never changes, if there is one. */
    static JdbcPassword of(Optional<String> password) {
        return new JdbcPassword(() -> password, false);
    }

    /**
     * The first line of a file.
     *
     * @param option the option that names the file, for an error
     */
    static JdbcPassword inFile(String option, String file) {
        return new JdbcPassword(() -> Optional.of(firstLine(option, file)), true);
    }

    private static String firstLine(String option, String file) throws UnreadablePasswordException {
        try {
            return Files.readString(Path.of(file)).lines().findFirst().orElse("");
        } catch (IOException e) {
            throw new UnreadablePasswordException(
                    "The file with the password of the lease store, %s=%s, cannot be read: %s"
                            .formatted(
                                    option,
                                    file,
                                    e instanceof NoSuchFileException
                                            ? "there is no such file"
                                            : e.getMessage()),
                    e);
        }
    }

    /**
     * The value of an environment variable, which stays the same as long as the process lives.
     *
     * @param option the option that names the variable, for an error
     */
    static JdbcPassword inVariable(String option, String name) {
        return new JdbcPassword(() -> Optional.of(variable(option, name)), false);
    }

    private static String variable(String option, String name) throws UnreadablePasswordException {
        String value = System.getenv(name);
        if (value == null) {
            throw new UnreadablePasswordException(
                    "The environment variable with the password of the lease store, %s=%s, is not set where the store is opened, in the JobManager."
                            .formatted(option, name),
                    null);
        }
        return value;
    }

    Optional<String> read() throws UnreadablePasswordException {
        return source.read();
    }

    /** Whether it may be another one when it is read again in this process. */
    boolean mayChange() {
        return mayChange;
    }

    @Override
    public String toString() {
        return "a password";
    }
}
