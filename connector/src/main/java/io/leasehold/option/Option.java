package io.leasehold.option;

import java.util.Optional;

/**
 * One option, as it stands in a configuration file, on a command line or in a table.
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

    /** One that must be given. */
    public static <T> Option<T> required(String key, OptionType<T> type, String meaning) {
        return new Option<>(key, type, Need.REQUIRED, Optional.empty(), false, meaning);
    }

    /** One that need not be given. */
    public static <T> Option<T> optional(String key, OptionType<T> type, String meaning) {
        return new Option<>(key, type, Need.OPTIONAL, Optional.empty(), false, meaning);
    }

    /** One for which a text holds that is known beforehand. */
    public static <T> Option<T> withDefault(
            String key, OptionType<T> type, String fallback, String meaning) {
        return new Option<>(key, type, Need.OPTIONAL, Optional.of(fallback), false, meaning);
    }

    /** One that need not be given, and is never shown. */
    public static <T> Option<T> secret(String key, OptionType<T> type, String meaning) {
        return new Option<>(key, type, Need.OPTIONAL, Optional.empty(), true, meaning);
    }
}
