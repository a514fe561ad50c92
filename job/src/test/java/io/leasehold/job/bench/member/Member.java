package io.leasehold.job.bench.member;

import io.leasehold.job.chaos.kit.ChaosException;
import io.leasehold.job.chaos.kit.GuardedProcess;
import io.leasehold.job.chaos.kit.Java;
import io.leasehold.job.chaos.kit.Pause;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A member in a JVM of its own, which ends when this one does. */
public final class Member implements AutoCloseable {

    private static final Duration READY_WITHIN = Duration.ofSeconds(120);

    private final String name;
    private final Path ready;
    private final Path go;
    private final GuardedProcess process;

    private Member(String name, Path ready, Path go, GuardedProcess process) {
        this.name = name;
        this.ready = ready;
        this.go = go;
        this.process = process;
    }

    /**
     * Starts its JVM and its cluster. It is no member yet.
     *
     * @param folder for its log and its temporary files
     */
    public static Member stand(MemberSettings settings, Path folder) throws IOException {
        Path home = Files.createDirectories(folder.resolve(settings.member()));
        Path temporary = Files.createDirectories(home.resolve("tmp"));
        Path told = home.resolve("settings.properties");
        settings.write(told);
        Path ready = home.resolve("ready");
        Path go = home.resolve("go");
        return new Member(
                settings.member(),
                ready,
                go,
                GuardedProcess.start(
                        settings.member(),
                        Java.command(
                                temporary,
                                List.of("-Xmx384m"),
                                System.getProperty("java.class.path"),
                                MemberMain.class.getName(),
                                List.of(told.toString(), ready.toString(), go.toString())),
                        Map.of(),
                        home.resolve("log.txt")));
    }

    public String name() {
        return name;
    }

    /** Waits until its cluster is up: it needs no processor then. */
    public void untilUp() {
        Pause.until(
                name + " is up",
                READY_WITHIN,
                () -> {
                    requireAlive();
                    return Files.exists(ready);
                });
    }

    /** Has it start its job, once its cluster is up. */
    public void go() {
        untilUp();
        try {
            Files.createFile(go);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be told to go", e);
        }
    }

    /**
     * @throws ChaosException if it has ended by itself
     */
    public void requireAlive() {
        if (!process.isAlive()) {
            throw new ChaosException(name + " ended:\n" + process.lastLines());
        }
    }

    /** SIGKILL; returns when it is gone. */
    public void kill() {
        process.kill();
        process.close();
    }

    @Override
    public void close() {
        process.close();
    }
}
