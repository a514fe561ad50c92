package io.leasehold.job.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;

/** Where the members' configurations, logs, checkpoints and working files are. */
final class DemoFolder implements AutoCloseable {

    private final Path path;
    private final boolean keep;

    private DemoFolder(Path path, boolean keep) {
        this.path = path;
        this.keep = keep;
    }

    /** Creates a folder that only this user can look into; configurations hold a password. */
    static DemoFolder create(boolean keep) throws IOException {
        return new DemoFolder(Files.createTempDirectory("leasehold-demo"), keep);
    }

    Path path() {
        return path;
    }

    Path create(String name) throws IOException {
        return Files.createDirectories(path.resolve(name));
    }

    /** Deletes everything, unless it shall be kept. */
    @Override
    public void close() throws IOException {
        if (keep) {
            return;
        }
        try (var paths = Files.walk(path)) {
            for (Path each : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (NoSuchFileException | UncheckedIOException e) {
            // A JVM that ends deletes files of its own at the same time.
            if (Files.exists(path)) {
                close();
            }
        }
    }
}
