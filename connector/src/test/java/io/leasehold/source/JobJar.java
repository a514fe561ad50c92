package io.leasehold.source;

import io.leasehold.lease.LeaseStore;
import io.leasehold.lease.LeaseStoreException;
import io.leasehold.lease.LeaseStoreFactory;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** A job's jar with all classes of this module: Flink loads them from there first. */
final class JobJar {

    private JobJar() {}

    static Path of(Path folder) throws IOException, URISyntaxException {
        Path jar = folder.resolve("job.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            for (Class<?> one : List.of(LeasedSource.class, JobJar.class)) {
                addAll(
                        Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI()),
                        out);
            }
        }
        return jar;
    }

    private static void addAll(Path classes, JarOutputStream out) throws IOException {
        try (Stream<Path> files = Files.walk(classes.resolve("io"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
    }

    /** Opens nothing, and says which class loader it was found by. */
    record SaysItsClassLoader() implements LeaseStoreFactory {

        @Override
        public LeaseStore open(Duration timeout) throws LeaseStoreException {
            throw new LeaseStoreException(
                    "Opened by a "
                            + getClass().getClassLoader().getClass().getSimpleName()
                            + ", and nothing else.",
                    LeaseStoreException.Kind.MISCONFIGURED,
                    null);
        }
    }
}
