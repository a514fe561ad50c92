package io.leasehold.job.cli;

import io.leasehold.job.GivenOptions;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.LeaseStores;
import io.leasehold.option.InvalidOptionsException;
import io.leasehold.option.LeaseOptions;

import picocli.CommandLine.Option;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where the lease table is, and who asks. What is said on the command line wins over the file, and
 * that over the environment. There is no option for a password: others can see command lines.
 */
final class Access {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "A job's options in YAML: lease.url, lease.user and so on are taken from it.")
    private Optional<String> config = Optional.empty();

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The database of the lease table (or LEASEHOLD_URL).")
    private Optional<String> url = Optional.empty();

    @Option(
            names = "--user",
            paramLabel = "USER",
            description = "Who logs in there (or LEASEHOLD_USER).")
    private Optional<String> user = Optional.empty();

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description =
                    "Its first line is the password (or LEASEHOLD_PASSWORD_FILE, or LEASEHOLD_PASSWORD).")
    private Optional<String> passwordFile = Optional.empty();

    private Map<String, String> environment = Map.of();
    private Map<String, String> given = Map.of();

    /**
     * Reads the file, if one is named.
     *
     * @throws InvalidOptionsException if it cannot be read
     */
    void read(Map<String, String> environment) {
        this.environment = environment;
        GivenOptions options =
                GivenOptions.fromArguments(
                        config.map(file -> List.of("--config=" + file)).orElse(List.of()));
        if (!options.problems().isEmpty()) {
            throw new InvalidOptionsException(options.problems());
        }
        Map<String, String> values = new TreeMap<>(options.values());
        values.values().removeIf(String::isEmpty);
        given = values;
    }

    /** What the job's file says of something, if there is a file and it does. */
    Optional<String> given(String key) {
        return Optional.ofNullable(given.get(key));
    }

    /** What the job's file says under keys that begin like this, without that. */
    Map<String, String> givenUnder(String prefix) {
        Map<String, String> found = new TreeMap<>();
        given.forEach(
                (key, value) -> {
                    if (key.startsWith(prefix)) {
                        found.put(key.substring(prefix.length()), value);
                    }
                });
        return found;
    }

    /**
     * @throws InvalidOptionsException if it is not said where the store is, or there is no such
     *     kind
     * @throws LeaseStoreException if the settings can never work
     */
    LeaseStore open() throws LeaseStoreException {
        String where =
                url.or(() -> given(LeaseOptions.URL.key()))
                        .or(() -> environment("LEASEHOLD_URL"))
                        .orElseThrow(
                                () ->
                                        wrong(
                                                "It is not said where the lease table is: give --url, or a --config that has lease.url, or set LEASEHOLD_URL."));
        try {
            return LeaseStores.forUrl(where, properties()).open(TIMEOUT);
        } catch (IllegalArgumentException e) {
            throw wrong(e.getMessage());
        }
    }

    private Map<String, String> properties() {
        Map<String, String> properties = new HashMap<>(givenUnder(LeaseOptions.JDBC));
        // Whoever looks at a store does not make one.
        properties.put("schema.create", "false");
        user.or(() -> given(LeaseOptions.USER.key()))
                .or(() -> environment("LEASEHOLD_USER"))
                .ifPresent(name -> properties.put("user", name));
        Optional<String> file = passwordFile.or(() -> given(LeaseOptions.PASSWORD_FILE.key()));
        Optional<String> password = given(LeaseOptions.PASSWORD.key());
        if (file.isPresent()) {
            properties.put("password.file", file.get());
        } else if (password.isPresent()) {
            properties.put("password", password.get());
        } else if (environment("LEASEHOLD_PASSWORD_FILE").isPresent()) {
            properties.put("password.file", environment("LEASEHOLD_PASSWORD_FILE").get());
        } else {
            environment("LEASEHOLD_PASSWORD").ifPresent(word -> properties.put("password", word));
        }
        return properties;
    }

    private Optional<String> environment(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    private static InvalidOptionsException wrong(String sentence) {
        return new InvalidOptionsException(List.of(sentence));
    }
}
