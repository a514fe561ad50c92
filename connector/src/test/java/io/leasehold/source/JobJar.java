package io.leasehold.source;

import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.LeaseStoreFactory;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** A job's jars: Flink loads what is in them from there first. */
final class JobJar {

    private JobJar() {}

    /** With all classes of this module. */
    static List<Path> of(Path folder) throws IOException, URISyntaxException {
        return of(folder, LeasedSource.class, JobJar.class);
    }

    /** With what is in one jar or one folder with each of these; made where it is in no jar yet. */
    static List<Path> of(Path folder, Class<?>... with) throws IOException, URISyntaxException {
        List<Path> jars = new ArrayList<>();
        for (Class<?> one : with) {
            Path classes = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
            jars.add(Files.isDirectory(classes) ? jar(classes, folder) : classes);
        }
        return jars;
    }

    private static Path jar(Path classes, Path folder) throws IOException {
        Path jar = folder.resolve(classes.getFileName() + ".jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            addAll(classes, out);
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
