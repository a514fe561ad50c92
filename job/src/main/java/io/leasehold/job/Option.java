package io.leasehold.job;

import java.util.Optional;

/**
 * One option of the job, as it stands in the configuration file and on the command line.
 *
 * @param <T> what its text becomes
 * @param key its full name, such as {@code lease.duration}
 * @param need whether it must be given, and what holds if it is not
 * @param fallback the text that holds if it is not given; empty if that depends on other things
 * @param secret whether its value is never shown
 * @param meaning one or two sentences for people
 */
public record Option<T>(
        String key,
        OptionType<T> type,
        Need need,
        Optional<String> fallback,
        boolean secret,
        String meaning) {

    /** Whether an option must be given. */
    public enum Need {
        REQUIRED,
        OPTIONAL
    }

    static <T> Option<T> required(String key, OptionType<T> type, String meaning) {
        return new Option<>(key, type, Need.REQUIRED, Optional.empty(), false, meaning);
    }

    static <T> Option<T> optional(String key, OptionType<T> type, String meaning) {
        return new Option<>(key, type, Need.OPTIONAL, Optional.empty(), false, meaning);
    }

    static <T> Option<T> withDefault(
            String key, OptionType<T> type, String fallback, String meaning) {
        return new Option<>(key, type, Need.OPTIONAL, Optional.of(fallback), false, meaning);
    }

    static <T> Option<T> secret(String key, OptionType<T> type, String meaning) {
        return new Option<>(key, type, Need.OPTIONAL, Optional.empty(), true, meaning);
    }
}
