package io.leasehold.job;

import io.leasehold.option.OptionType;

import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a person gave: the file named by {@code --config}, then {@code --key value} or {@code
 * --key=value}, which win over the file.
 *
 * @param values text by key; keys may be unknown yet, values not yet understood
 * @param problems what could not even be read
 */
public record GivenOptions(Map<String, String> values, List<String> problems) {

    private static final String CONFIG = "config";

    public GivenOptions {
        values = Map.copyOf(values);
        problems = List.copyOf(problems);
    }

    /** Reads arguments and the file they name. Never throws: problems are collected. */
    public static GivenOptions fromArguments(List<String> arguments) {
        List<String> problems = new ArrayList<>();
        Map<String, String> overrides = overrides(arguments, problems);
        Map<String, String> values = new TreeMap<>();
        String file = overrides.remove(CONFIG);
        if (file != null) {
            readFile(file, values, problems);
        }
        values.putAll(overrides);
        return new GivenOptions(values, problems);
    }

    private static Map<String, String> overrides(List<String> arguments, List<String> problems) {
        Map<String, String> overrides = new TreeMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (!argument.startsWith("--") || argument.length() == 2) {
                problems.add(
                        "'%s' stands where an option should; write --key value."
                                .formatted(argument));
                continue;
            }
            String key = argument.substring(2);
            String value;
            int equals = key.indexOf('=');
            if (equals >= 0) {
                value = key.substring(equals + 1);
                key = key.substring(0, equals);
            } else if (i + 1 < arguments.size() && !arguments.get(i + 1).startsWith("--")) {
                value = arguments.get(++i);
            } else {
                problems.add("--%s has no value; write --%s VALUE.".formatted(key, key));
                continue;
            }
            if (overrides.put(key, value.strip()) != null) {
                problems.add("--%s is given twice; give it once.".formatted(key));
            }
        }
        return overrides;
    }

    private static void readFile(String name, Map<String, String> values, List<String> problems) {
        try (Reader reader = Files.newBufferedReader(OptionType.FILE.parser().apply(name))) {
            // Every value as it is written: a password 0123 is no number.
            LoadSettings settings =
                    LoadSettings.builder().setLabel(name).setSchema(new FailsafeSchema()).build();
            Object root = new Load(settings).loadFromReader(reader);
            if (root instanceof Map<?, ?> map) {
                flatten("", map, values, problems);
            } else if (root != null && !root.equals("")) {
                problems.add(
                        "The configuration file %s is no list of 'key: value' lines."
                                .formatted(name));
            }
        } catch (MarkedYamlEngineException e) {
            String line =
                    e.getProblemMark().map(mark -> " in line " + (mark.getLine() + 1)).orElse("");
            problems.add(
                    "The configuration file %s is not YAML%s: %s."
                            .formatted(name, line, e.getProblem()));
        } catch (YamlEngineException | CharacterCodingException e) {
            problems.add("The configuration file %s is not YAML in UTF-8.".formatted(name));
        } catch (IOException | IllegalArgumentException e) {
            problems.add(
                    "The configuration file '%s' given with --config cannot be read; name one that exists."
                            .formatted(name));
        }
    }

    private static void flatten(
            String prefix, Map<?, ?> map, Map<String, String> values, List<String> problems) {
        for (Entry<?, ?> entry : map.entrySet()) {
            String key = prefix + entry.getKey();
            Object value = entry.getValue();
            if (value instanceof Map<?, ?> nested) {
                flatten(key + ".", nested, values, problems);
                continue;
            }
            String text =
                    value instanceof List<?> list
                            ? list.stream().map(String::valueOf).collect(Collectors.joining(","))
                            : value == null ? "" : String.valueOf(value);
            if (values.put(key, text.strip()) != null) {
                problems.add(
                        "%s stands twice in the configuration file; write it once.".formatted(key));
            }
        }
    }
}
