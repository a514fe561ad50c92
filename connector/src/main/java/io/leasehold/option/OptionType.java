package io.leasehold.option;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What values an option takes.
 *
 * @param <T> what the text becomes
 * @param unit what to write, for people: a unit with examples, or the values there are
 * @param parser turns text into a value; throws IllegalArgumentException saying what would be right
 */
public record OptionType<T>(String unit, Function<String, T> parser) {

    private static final Pattern DURATION_TEXT = Pattern.compile("(\\d{1,15})\\s*([a-z]+)");
    private static final Map<String, Duration> UNITS =
            Map.of(
                    "ms", Duration.ofMillis(1),
                    "s", Duration.ofSeconds(1),
                    "min", Duration.ofMinutes(1),
                    "h", Duration.ofHours(1),
                    "d", Duration.ofDays(1));

    /** Any text that is not empty. */
    public static final OptionType<String> TEXT = new OptionType<>("text", text -> text);

    /** Texts with commas between them, at least one. */
    public static final OptionType<List<String>> TEXTS =
            new OptionType<>("texts with commas between them", OptionType::texts);

    public static final OptionType<Boolean> SWITCH =
            choice(Map.of("true", true, "false", false), List.of("true", "false"));

    /** A time of at least one millisecond. */
    public static final OptionType<Duration> DURATION =
            new OptionType<>("time: 500 ms, 10 s, 5 min, 1 h, 1 d", OptionType::duration);

    /** The name of a file on the machine that starts the job. */
    public static final OptionType<Path> FILE = new OptionType<>("file name", OptionType::file);

    /** A whole number within bounds, both inclusive. */
    public static OptionType<Integer> number(int least, int most) {
        String unit =
                most == Integer.MAX_VALUE
                        ? "whole number from " + least
                        : "whole number from " + least + " to " + most;
        return new OptionType<>(
                unit,
                text -> {
                    try {
                        int number = Integer.parseInt(text);
                        if (number >= least && number <= most) {
                            return number;
                        }
                    } catch (NumberFormatException e) {
                        // Said below, with the bounds.
                    }
                    throw new IllegalArgumentException("it takes a " + unit);
                });
    }

    /** One of an enum's constants, written in small letters with hyphens. */
    public static <E extends Enum<E>> OptionType<E> oneOf(Class<E> type) {
        List<E> constants = List.of(type.getEnumConstants());
        return choice(
                constants.stream()
                        .collect(Collectors.toMap(OptionType::spelled, Function.identity())),
                constants.stream().map(OptionType::spelled).toList());
    }

    private static <E> OptionType<E> choice(Map<String, E> values, List<String> inOrder) {
        String unit = String.join(" | ", inOrder);
        return new OptionType<>(
                unit,
                text -> {
                    if (!values.containsKey(text)) {
                        throw new IllegalArgumentException("it takes one of: " + unit);
                    }
                    return values.get(text);
                });
    }

    private static String spelled(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static List<String> texts(String text) {
        List<String> parts = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        if (parts.contains("")) {
            throw new IllegalArgumentException("one of its texts is empty; write a,b,c");
        }
        return parts;
    }

    private static Duration duration(String text) {
        Matcher matcher = DURATION_TEXT.matcher(text);
        if (!matcher.matches() || !UNITS.containsKey(matcher.group(2))) {
            throw new IllegalArgumentException(
                    "it takes a number and a unit, such as 500 ms, 10 s, 5 min, 1 h or 1 d");
        }
        try {
            Duration duration =
                    UNITS.get(matcher.group(2)).multipliedBy(Long.parseLong(matcher.group(1)));
            if (!duration.isZero() && duration.compareTo(Duration.ofDays(36_500)) <= 0) {
                return duration;
            }
        } catch (ArithmeticException e) {
            // Said below, with the bounds.
        }
        throw new IllegalArgumentException("it takes a time from 1 ms to 36500 d");
    }

    private static Path file(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("that is no file name: " + e.getReason(), e);
        }
    }
}
