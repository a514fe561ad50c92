package io.leasehold.option;

import java.util.List;

/**
 * The options that there are, for whoever reads them.
 *
 * @param options all of them
 * @param passedThrough prefixes of keys that are passed on as they are
 */
public record KnownOptions(List<Option<?>> options, List<String> passedThrough) {

    public KnownOptions {
        options = List.copyOf(options);
        passedThrough = List.copyOf(passedThrough);
    }

    List<String> keys() {
        return options.stream().map(Option::key).toList();
    }

    boolean passesThrough(String key) {
        return passedThrough.stream()
                .anyMatch(prefix -> key.startsWith(prefix) && key.length() > prefix.length());
    }
}
