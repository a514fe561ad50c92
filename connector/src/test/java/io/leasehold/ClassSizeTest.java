package io.leasehold;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** A class that one cannot hold in mind is two. Its imports do not count. */
class ClassSizeTest {

    private static final Path CONNECTOR = Path.of("src/main/java");
    private static final Path JOB = Path.of("../job/src/main/java");

    @Test
    void noClassOfTheProtocolTheStoresTheSourceOrTheSinkHasMoreThan300Lines() throws IOException {
        Path library = CONNECTOR.resolve("io/leasehold");
        for (String room : List.of("lease", "store", "source", "sink")) {
            assertThat(longerThan(300, library.resolve(room))).isEmpty();
        }
    }

    @Test
    void noClassHasMoreThan400Lines() throws IOException {
        assertThat(longerThan(400, CONNECTOR)).isEmpty();
        assertThat(longerThan(400, JOB)).isEmpty();
    }

    private static List<String> longerThan(int most, Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> classes =
                    files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
            assertThat(classes).isNotEmpty();
            return classes.stream()
                    .filter(file -> lines(file) > most)
                    .map(file -> file + ": " + lines(file))
                    .toList();
        }
    }

    private static long lines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> !line.startsWith("import ")).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
