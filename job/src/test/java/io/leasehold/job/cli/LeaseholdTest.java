package io.leasehold.job.cli;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** What people are told, and what scripts see. */
class LeaseholdTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @ValueSource(strings = {"-h", "--help", "demo -h", "run --help"})
    void helpIsShownOnStandardOutput(String arguments) {
        assertThat(execute(arguments.split(" "))).isZero();
        assertThat(out.toString()).contains("leasehold");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void helpOfDemoNamesItsOptions() {
        execute("demo", "--help");
        assertThat(out.toString())
                .contains("--scenario", "bluegreen", "rolling")
                .contains("--seconds", "--members", "--report", "--keep");
    }

    @Test
    void noCommandIsAMistake() {
        assertThat(execute()).isEqualTo(2);
        assertThat(err.toString()).contains("demo or run");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo --seconds 3",
                "demo --seconds many",
                "demo --members 1",
                "demo --members 9",
                "demo --report no-such-folder/report.json",
                "demo --secs 10",
                "demo --scenario other",
                "demo --scenario bluegreen --members 3",
                "demo --scenario rolling --members 5",
                "demo --pause-limit 0",
                "run --ui-port 70000",
                "frobnicate"
            })
    void mistakesAreExplainedWithoutAStackTrace(String arguments) {
        assertThat(execute(arguments.split(" "))).isEqualTo(2);
        assertThat(err.toString()).isNotBlank().doesNotContain("\tat ", "Exception");
    }

    @Test
    void everyWrongOptionOfAJobIsNamed() {
        assertThat(
                        execute(
                                "run",
                                "--lease.duratoin",
                                "5 s",
                                "--checkpoint.interval=soon",
                                "--config",
                                "no-such.yaml"))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains(
                        "lease.duratoin",
                        "checkpoint.interval is 'soon'",
                        "no-such.yaml",
                        "kafka.topics is missing")
                .doesNotContain("\tat ", "Exception");
    }

    private int execute(String... arguments) {
        CommandLine commandLine = Leasehold.commandLine(Map.of());
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }
}
