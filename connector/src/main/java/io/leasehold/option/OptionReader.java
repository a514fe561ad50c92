package io.leasehold.option;

import io.leasehold.option.Option.Need;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Turns given texts into values, and collects what is wrong with them, all of it. An empty text
 * counts as not given.
 */
public final class OptionReader {

    private final Map<String, String> given = new TreeMap<>();
    private final Map<Option<?>, Object> values = new HashMap<>();
    private final List<String> problems;

    /**
     * @param known what there is
     * @param texts what was given
     * @param unread what is wrong with what was given, as far as that is known
     */
    public OptionReader(KnownOptions known, Map<String, String> texts, List<String> unread) {
        problems = new ArrayList<>(unread);
        texts.forEach(
                (key, text) -> {
                    if (!text.isEmpty()) {
                        given.put(key, text);
                    }
                });
        refuseUnknown(known);
        known.options().forEach(this::parse);
    }

    /** The value given or the default; empty if there is neither, or it is wrong. */
    @SuppressWarnings("unchecked")
    public <T> Optional<T> find(Option<T> option) {
        return Optional.ofNullable((T) values.get(option));
    }

    /** The value of an option that is required or has a default, where there are no problems. */
    public <T> T get(Option<T> option) {
        return find(option).orElseThrow();
    }

    /** What was given under keys with a prefix, without it. */
    public Map<String, String> passedThrough(String prefix) {
        Map<String, String> rest = new TreeMap<>();
        given.forEach(
                (key, value) -> {
                    if (key.startsWith(prefix)) {
                        rest.put(key.substring(prefix.length()), value);
                    }
                });
        return rest;
    }

    /** Runs a check that throws IllegalArgumentException with a sentence, and keeps that. */
    public void check(Runnable check) {
        try {
            check.run();
        } catch (IllegalArgumentException e) {
            problems.add(e.getMessage());
        }
    }

    /**
     * @throws InvalidOptionsException if there was any problem
     */
    public void throwProblems() {
        if (!problems.isEmpty()) {
            throw new InvalidOptionsException(problems);
        }
    }

    private void parse(Option<?> option) {
        Optional<String> text = Optional.ofNullable(given.get(option.key())).or(option::fallback);
        if (text.isEmpty() && option.need() == Need.REQUIRED) {
            problems.add(
                    "%s is missing; give it (%s). %s"
                            .formatted(option.key(), option.type().unit(), option.meaning()));
        }
        try {
            text.ifPresent(it -> values.put(option, option.type().parser().apply(it)));
        } catch (IllegalArgumentException e) {
            problems.add(
                    "%s is '%s', but %s."
                            .formatted(
                                    option.key(),
                                    Masked.value(option.key(), text.orElseThrow()),
                                    e.getMessage()));
        }
    }

    private void refuseUnknown(KnownOptions known) {
        List<String> keys = known.keys();
        for (String key : given.keySet()) {
            if (!known.passesThrough(key) && !keys.contains(key)) {
                problems.add(
                        NearestKey.of(key, keys)
                                .map(
                                        nearest ->
                                                "There is no option '%s'; did you mean %s?"
                                                        .formatted(key, nearest))
                                .orElse(
                                        "There is no option '%s'; conf/job.yaml lists all."
                                                .formatted(key)));
            }
        }
    }
}
