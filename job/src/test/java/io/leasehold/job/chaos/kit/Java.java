package io.leasehold.job.chaos.kit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** How a small JVM of this Java is started. */
public final class Java {

    /** What Flink's own start scripts open on Java 17. */
    private static final List<String> OPENED =
            Stream.of(
                            "lang",
                            "net",
                            "io",
                            "nio",
                            "lang.reflect",
                            "text",
                            "time",
                            "util",
                            "util.concurrent",
                            "util.concurrent.atomic",
                            "util.concurrent.locks")
                    .map(it -> "--add-opens=java.base/java." + it + "=ALL-UNNAMED")
                    .toList();

    private Java() {}

    public static List<String> command(
            Path folder, List<String> options, String classPath, String main, List<String> rest) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPENED);
        command.addAll(
                List.of(
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-UsePerfData",
                        "-Djava.io.tmpdir=" + folder));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(rest);
        return command;
    }
}
