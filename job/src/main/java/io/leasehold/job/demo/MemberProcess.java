package io.leasehold.job.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One job in a JVM of its own, started as a person would start it, with {@code leasehold run}.
 *
 * <p>It ends when this JVM does, however that ends: its standard input is then at its end.
 */
final class MemberProcess implements AutoCloseable {

    private static final String WEB_UI = "Web UI: ";
    private static final Duration STOP_WITHIN = Duration.ofSeconds(20);
    private static final int LAST_LINES = 15;

    private final String memberId;
    private final Process process;
    private final Path log;
    private volatile Optional<String> webUi = Optional.empty();
    private volatile boolean endExpected;

    private MemberProcess(String memberId, Process process, Path log) {
        this.memberId = memberId;
        this.process = process;
        this.log = log;
    }

    /**
     * Starts a JVM with the class path and the opened packages of this one.
     *
     * @param mainClass the command line's
     * @param folder where it logs to and keeps its files
     */
    static MemberProcess start(String memberId, String mainClass, Path folder, Path configuration)
            throws IOException {
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        Path log = folder.resolve("log.txt");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(it -> it.startsWith("--add-opens") || it.startsWith("-Dlog4j2."))
                .forEach(command::add);
        command.addAll(
                List.of(
                        "-Xmx512m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        // What the JVM leaves behind when it is killed is deleted with the folder.
                        "-Djava.io.tmpdir=" + temporary,
                        "-XX:-UsePerfData",
                        "-cp",
                        System.getProperty("java.class.path"),
                        mainClass,
                        "run",
                        "--until-stdin-ends",
                        "--config",
                        configuration.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        MemberProcess member = new MemberProcess(memberId, process, log);
        member.copyOutput();
        return member;
    }

    String memberId() {
        return memberId;
    }

    Optional<String> webUi() {
        return webUi;
    }

    /**
     * @throws DemoFailedException with the last lines of its log, if it ended by itself
     */
    void requireAlive() {
        if (!process.isAlive() && !endExpected) {
            throw new DemoFailedException(
                    "The job %s ended by itself with exit code %d. The end of its log:%n%s"
                            .formatted(memberId, process.exitValue(), lastLines()));
        }
    }

    /** Ends it with SIGKILL, and waits until it is gone. */
    void kill() {
        endExpected = true;
        process.destroyForcibly();
        hasEnded();
    }

    /** Asks it to stop. */
    void stop() {
        endExpected = true;
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // It is gone already.
        }
    }

    /** Asks it to stop, waits a while, and kills it if it is still there. */
    @Override
    public void close() {
        stop();
        if (!hasEnded()) {
            kill();
        }
    }

    /** Waits for its end, for a while. */
    private boolean hasEnded() {
        try {
            return process.waitFor(STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The end of what it said, for people. */
    String lastLines() {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
            return String.join(
                    "\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e + ")";
        }
    }

    private void copyOutput() {
        Thread copier =
                new Thread(
                        () -> {
                            try (BufferedReader lines =
                                            process.inputReader(StandardCharsets.UTF_8);
                                    PrintWriter file =
                                            new PrintWriter(
                                                    Files.newBufferedWriter(
                                                            log, StandardCharsets.UTF_8),
                                                    true)) {
                                for (String line; (line = lines.readLine()) != null; ) {
                                    file.println(line);
                                    if (line.startsWith(WEB_UI)) {
                                        webUi = Optional.of(line.substring(WEB_UI.length()));
                                    }
                                }
                            } catch (IOException e) {
                                // The process was killed; there is nothing more to copy.
                            }
                        },
                        "log-of-" + memberId);
        copier.setDaemon(true);
        copier.start();
    }
}
