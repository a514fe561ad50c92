package io.leasehold.job.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a person types and sees, command after command, with what differs from run to run masked.
 */
final class Transcript {

    private static final Map<Pattern, String> MASKS = new LinkedHashMap<>();

    private static void mask(String pattern, String with) {
        MASKS.put(Pattern.compile(pattern), with);
    }

    static {
        mask("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "<time>");
        mask("\\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\b", "<uuid>");
        mask("job [0-9a-f]{32}, process \\d+ on [^ )\"\n]+", "job <id>, process <pid> on <host>");
        mask("(localhost|127\\.0\\.0\\.1):\\d+(/\\w+)?", "<address>");
        mask("PostgreSQL [0-9.]+[^\n\"]*", "PostgreSQL <version>");
        mask("\\d+ ms (behind|ahead) of", "<age> of");
        mask("\\b\\d+(ms|s|m)\\b(?= )", "<age>");
        mask(
                "\"(beat|checkpoint|progressAgeMillis|beatAgeMillis|epoch|tenure|changes)\" : \\d+",
                "\"$1\" : <n>");
        mask("/\\S*/job.yaml", "job.yaml");
        // How wide a column is depends on what is masked in it.
        mask("(?m) {2,}(?=\\S)(?<!^ {2,16})", "  ");
        // How many of its splits a member hands over between two looks depends on when it was
        // looked.
        mask(
                "(?m)(?:^! (\\w+): (?:\\d+ splits? left|waits for one more checkpoint)\n)+",
                "! $1: <what is left, whenever it changes>\n");
        // How often splits were granted depends on how often somebody was late.
        mask("(?m)^(orders-\\d  \\S+  )\\d+", "$1<n>");
        mask("(?m)^(shop  \\d  \\d  )\\d+", "$1<n>");
    }

    private final StringBuilder text = new StringBuilder();
    private final Map<String, String> environment;

    Transcript(Map<String, String> environment) {
        this.environment = environment;
    }

    /** Carries out a command, adds it, and returns its exit code. */
    int run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Silent.run(environment, out, err, arguments);
        text.append("$ leasehold ").append(String.join(" ", arguments)).append('\n');
        text.append(out);
        err.toString().lines().forEach(line -> text.append("! ").append(line).append('\n'));
        if (exitCode != 0) {
            text.append("(exit code ").append(exitCode).append(")\n");
        }
        text.append('\n');
        return exitCode;
    }

    /** The same, for a command that must be carried out, or what follows makes no sense. */
    void done(String... arguments) {
        ends(0, arguments);
    }

    /** The same, for a command that must be refused. */
    void refused(String... arguments) {
        ends(Leasehold.FAILED, arguments);
    }

    private void ends(int expected, String... arguments) {
        int begin = text.length();
        if (run(arguments) != expected) {
            throw new AssertionError(
                    "This must end with exit code %d:%n%s%nBefore it:%n%s"
                            .formatted(expected, text.substring(begin), text.substring(0, begin)));
        }
    }

    /** As it was, nothing masked. */
    String unmasked() {
        return text.toString();
    }

    @Override
    public String toString() {
        String masked = text.toString();
        for (Map.Entry<Pattern, String> mask : MASKS.entrySet()) {
            masked = mask.getKey().matcher(masked).replaceAll(mask.getValue());
        }
        return masked;
    }

    static String stored(String name) throws IOException {
        try (InputStream in = Transcript.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The command line without a terminal. */
    static final class Silent {

        private Silent() {}

        static int run(
                Map<String, String> environment,
                StringWriter out,
                StringWriter err,
                String... arguments) {
            var commandLine = Leasehold.commandLine(environment);
            commandLine.setOut(new PrintWriter(out, true));
            commandLine.setErr(new PrintWriter(err, true));
            return commandLine.execute(arguments);
        }
    }
}
