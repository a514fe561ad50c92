package io.leasehold.job.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One job in a JVM of its own, started as a person would start it, with {@code leasehold run}.
 *
 * <p>It ends when this JVM does, however that ends: its standard input is then at its end.
 */
public final class MemberProcess implements AutoCloseable {

    private static final String WEB_UI = "Web UI: ";
    private static final Duration STOP_WITHIN = Duration.ofSeconds(20);
    private static final int LAST_LINES = 15;

    private final String memberId;
    private final Process process;
    private final Path folder;
    private final Path log;
    private volatile Optional<String> webUi = Optional.empty();
    private volatile boolean endExpected;

    private MemberProcess(String memberId, Process process, Path folder, Path log) {
        this.memberId = memberId;
        this.process = process;
        this.folder = folder;
        this.log = log;
    }

    /**
     * Starts a JVM with the class path and the opened packages of this one.
     *
     * @param mainClass the command line's
     * @param folder where it logs to and keeps its files
     */
    public static MemberProcess start(
            String memberId, String mainClass, Path folder, Path configuration) throws IOException {
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
        MemberProcess member = new MemberProcess(memberId, process, folder, log);
        member.copyOutput();
        return member;
    }

    /** The operating system's number of it. */
    public long pid() {
        return process.pid();
    }

    String memberId() {
        return memberId;
    }

    Optional<String> webUi() {
        return endExpected ? Optional.empty() : webUi;
    }

    /** Its last completed checkpoint, if it has kept one. */
    Optional<Path> lastCheckpoint() {
        Path all = checkpoints(folder);
        if (!Files.isDirectory(all)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.find(all, 3, (file, kind) -> file.endsWith("_metadata"))) {
            return files.map(Path::getParent)
                    .max(Comparator.comparingLong(MemberProcess::checkpointId));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The checkpoints of %s cannot be read".formatted(memberId), e);
        }
    }

    /** Where a member with this folder keeps its checkpoints. */
    static Path checkpoints(Path folder) {
        return folder.resolve("checkpoints");
    }

    private static long checkpointId(Path checkpoint) {
        String name = checkpoint.getFileName().toString();
        return Long.parseLong(name.substring(name.indexOf('-') + 1));
    }

    /**
     * @throws DemoFailedException with the last lines of its log, if it ended by itself
     */
    public void requireAlive() {
        if (!process.isAlive() && !endExpected) {
            throw new DemoFailedException(
                    "The job %s ended by itself with exit code %s. The end of its log:%n%s"
                            .formatted(memberId, process.exitValue(), lastLines()));
        }
    }

    /** Ends it with SIGKILL, and waits until it is gone. */
    public void kill() {
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
