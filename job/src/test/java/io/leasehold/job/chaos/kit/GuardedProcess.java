package io.leasehold.job.chaos.kit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process that can be killed and frozen, and that does not outlive this JVM, however that ends: a
 * shell waits for the end of its own standard input, which is this JVM's end too, and kills it.
 * That also ends a process that is frozen.
 */
public final class GuardedProcess implements AutoCloseable {

    /** Arguments: the log, then the command. The first line of its output is the process's id. */
    private static final String GUARD =
            """
            log=$1
            shift
            "$@" </dev/null >>"$log" 2>&1 &
            child=$!
            echo $child
            cat >/dev/null
            kill -KILL $child 2>/dev/null
            wait $child
            """;

    private static final Duration END_WITHIN = Duration.ofSeconds(20);
    private static final int LAST_LINES = 25;

    private final String name;
    private final Process guard;
    private final ProcessHandle child;
    private final Path log;

    private GuardedProcess(String name, Process guard, ProcessHandle child, Path log) {
        this.name = name;
        this.guard = guard;
        this.child = child;
        this.log = log;
    }

    /**
     * @param log what it says is appended there
     */
    public static GuardedProcess start(
            String name, List<String> command, Map<String, String> environment, Path log) {
        List<String> guarded =
                new ArrayList<>(List.of("sh", "-c", GUARD, "guard-of-" + name, log.toString()));
        guarded.addAll(command);
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(guarded).redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().putAll(environment);
            Process guard = builder.start();
            BufferedReader said = guard.inputReader(StandardCharsets.US_ASCII);
            long pid = Long.parseLong(said.readLine());
            return new GuardedProcess(
                    name,
                    guard,
                    ProcessHandle.of(pid)
                            .orElseThrow(() -> new ChaosException(name + " ended at once")),
                    log);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " did not start", e);
        }
    }

    public String name() {
        return name;
    }

    public boolean isAlive() {
        return child.isAlive();
    }

    /** SIGKILL; returns when it is gone. */
    public void kill() {
        signal("KILL");
        waitUntilGone();
    }

    /** SIGSTOP: it does nothing, and does not know. */
    public void freeze() {
        signal("STOP");
    }

    /** SIGCONT after {@link #freeze()}. */
    public void thaw() {
        signal("CONT");
    }

    private void signal(String signal) {
        Signals.send(signal, child.pid());
    }

    private void waitUntilGone() {
        Pause.until(name + " is gone", END_WITHIN, () -> !child.isAlive());
    }

    /** The end of what it said, for people. */
    public String lastLines() {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
            return String.join(
                    "\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e + ")";
        }
    }

    /** Ends it, and waits until it is gone. Callable more than once. */
    @Override
    public void close() {
        try {
            guard.getOutputStream().close();
            if (!guard.waitFor(END_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                guard.destroyForcibly();
                child.destroyForcibly();
            }
        } catch (IOException e) {
            child.destroyForcibly();
        } catch (InterruptedException e) {
            child.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
