package io.leasehold.loading;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Loads classes before they are needed.
 *
 * <p>When a job ends, Flink closes its coordinators on a thread that it does not wait for, and at
 * the same time the job's class loader. What must still be done then, such as to release leases,
 * finds only the classes that were loaded before.
 *
 * <p>Safe for many threads.
 */
public final class ClassesAhead {

    private static final Logger LOG = LoggerFactory.getLogger(ClassesAhead.class);

    private static final String CLASS = ".class";

    private static final Set<String> LOADED = ConcurrentHashMap.newKeySet();

    private ClassesAhead() {}

    /**
     * Loads the classes of a package and of those below it, without initializing them, from the jar
     * that one of them is from; those that cannot be loaded, as without an optional jar, are left
     * out. Does so once, and not at all for the JVM's own class path, which is never closed.
     */
    public static void load(Class<?> one, String packageName) {
        ClassLoader loader = one.getClassLoader();
        if (loader == null
                || loader == ClassLoader.getSystemClassLoader()
                || !LOADED.add(packageName)) {
            return;
        }
        try {
            for (String name : names(one, packageName)) {
                load(name, loader);
            }
        } catch (IOException | URISyntaxException | RuntimeException e) {
            LOG.debug("The classes of {} are loaded as they are needed.", packageName, e);
        }
    }

    private static List<String> names(Class<?> one, String packageName)
            throws IOException, URISyntaxException {
        CodeSource source = one.getProtectionDomain().getCodeSource();
        Path jar = Path.of(source.getLocation().toURI());
        if (!Files.isRegularFile(jar)) {
            return List.of();
        }
        String folder = packageName.replace('.', '/') + "/";
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream()
                    .map(JarEntry::getName)
                    .filter(name -> name.startsWith(folder) && name.endsWith(CLASS))
                    .map(name -> name.substring(0, name.length() - CLASS.length()))
                    .map(name -> name.replace('/', '.'))
                    .toList();
        }
    }

    private static void load(String name, ClassLoader loader) {
        try {
            Class.forName(name, false, loader);
        } catch (ClassNotFoundException | LinkageError e) {
            LOG.trace("The class {} cannot be loaded.", name, e);
        }
    }
}
