package io.leasehold.job.chaos.kit;

import io.leasehold.testkit.NetworkLine;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A Flink cluster of real processes: one JobManager, some TaskManagers, and between the two a line
 * in each direction for each TaskManager.
 *
 * <p>An RPC system answers only to the host and port by which it is called, so a line to it must
 * begin at the same port, under the same name. Each process therefore has a hosts file of its own,
 * by which it finds the beginnings of its lines.
 */
public final class FlinkCluster implements AutoCloseable {

    private static final Duration UP_WITHIN = Duration.ofSeconds(150);
    private static final Duration RUNS_WITHIN = Duration.ofSeconds(120);
    private static final Duration SUBMITTED_WITHIN = Duration.ofSeconds(120);
    private static final Pattern JOB_ID = Pattern.compile("JobID ([0-9a-f]{32})");
    private static final Pattern SAVEPOINT = Pattern.compile("Path: (\\S+)");
    private static final String JOB_MANAGER_MAIN =
            "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint";
    private static final String TASK_MANAGER_MAIN =
            "org.apache.flink.runtime.taskexecutor.TaskManagerRunner";
    private static final String CLIENT_MAIN = "org.apache.flink.client.cli.CliFrontend";

    /**
     * How a cluster is.
     *
     * @param library the folder of the jars that are in the distribution's lib
     * @param slots of each TaskManager
     * @param options Flink's own, by their names, for all its processes
     */
    public record Settings(Path library, int taskManagers, int slots, Map<String, String> options) {

        public Settings {
            options = Map.copyOf(options);
        }
    }

    private final String name;
    private final Path folder;
    private final Settings settings;
    private final Loopback loopback;
    private final int rpcPort;
    private final int blobPort;
    private final int restPort;
    private final Rest rest;
    private final Map<Integer, TaskManager> taskManagers = new TreeMap<>();
    private Optional<GuardedProcess> jobManager = Optional.empty();

    /** A TaskManager with the lines to it and from it, which stay when the process does not. */
    private final class TaskManager {

        final int number;
        final int port = loopback.newPort();
        final String fromJobManager = loopback.newAddress();
        final String toJobManager = loopback.newAddress();
        final NetworkLine in = new NetworkLine(Loopback.socket(fromJobManager, port), port);
        final List<NetworkLine> out =
                List.of(
                        new NetworkLine(Loopback.socket(toJobManager, rpcPort), rpcPort),
                        new NetworkLine(Loopback.socket(toJobManager, blobPort), blobPort));
        int lives;
        Optional<GuardedProcess> process = Optional.empty();

        TaskManager(int number) {
            this.number = number;
        }

        String host() {
            return name + "-tm" + number;
        }

        String resourceId() {
            return host() + "-" + lives;
        }

        GuardedProcess process() {
            return process.orElseThrow(() -> new ChaosException(host() + " does not run"));
        }
    }

    /** Chooses ports and opens lines; nothing runs yet. */
    public FlinkCluster(String name, Path folder, Settings settings, Loopback loopback) {
        this.name = name;
        this.folder = folder;
        this.settings = settings;
        this.loopback = loopback;
        this.rpcPort = loopback.newPort();
        this.blobPort = loopback.newPort();
        this.restPort = loopback.newPort();
        this.rest = new Rest("http://" + Loopback.HOME + ":" + restPort);
        IntStream.rangeClosed(1, settings.taskManagers())
                .forEach(number -> taskManagers.put(number, new TaskManager(number)));
    }

    public String name() {
        return name;
    }

    /** Its REST interface. */
    public Rest rest() {
        return rest;
    }

    /** Starts all processes at once; they find each other by themselves. */
    public void start() {
        startJobManager();
        taskManagers.keySet().forEach(this::startTaskManager);
    }

    /** Waits until the JobManager answers and knows all its TaskManagers. */
    public void waitUntilUp() {
        Pause.until(
                "the cluster " + name + " has all its TaskManagers",
                UP_WITHIN,
                () -> {
                    requireAlive();
                    return rest.taskManagers() == taskManagers.size();
                });
    }

    private void requireAlive() {
        List<GuardedProcess> all = new ArrayList<>();
        jobManager.ifPresent(all::add);
        taskManagers.values().forEach(it -> it.process.ifPresent(all::add));
        for (GuardedProcess process : all) {
            if (!process.isAlive()) {
                throw new ChaosException(process.name() + " ended:\n" + process.lastLines());
            }
        }
    }

    // ------------------------------------------------------------------------------- its processes

    public void startJobManager() {
        Map<String, String> hosts = new LinkedHashMap<>();
        hosts.put(jobManagerHost(), Loopback.HOME);
        taskManagers.values().forEach(it -> hosts.put(it.host(), it.fromJobManager));
        jobManager =
                Optional.of(
                        start(
                                jobManagerHost(),
                                hosts,
                                List.of("-Xmx320m"),
                                JOB_MANAGER_MAIN,
                                Map.of()));
    }

    /** Starts a TaskManager, again after a kill. */
    public void startTaskManager(int number) {
        TaskManager it = taskManagers.get(number);
        it.lives++;
        Map<String, String> own = memory();
        own.put("taskmanager.resource-id", it.resourceId());
        own.put("taskmanager.host", it.host());
        own.put("taskmanager.bind-host", Loopback.HOME);
        own.put("taskmanager.rpc.port", Integer.toString(it.port));
        own.put("taskmanager.numberOfTaskSlots", Integer.toString(settings.slots()));
        it.process =
                Optional.of(
                        start(
                                it.host(),
                                Map.of(it.host(), Loopback.HOME, jobManagerHost(), it.toJobManager),
                                List.of("-Xmx224m", "-XX:MaxDirectMemorySize=192m"),
                                TASK_MANAGER_MAIN,
                                own));
    }

    /** What the distribution's start script computes and hands to a TaskManager. */
    private static Map<String, String> memory() {
        Configuration asked = new Configuration();
        asked.set(TaskManagerOptions.TOTAL_FLINK_MEMORY, MemorySize.ofMebiBytes(448));
        asked.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(32));
        TaskExecutorProcessSpec spec = TaskExecutorProcessUtils.processSpecFromConfig(asked);
        Map<String, String> options = new LinkedHashMap<>();
        String[] parts =
                TaskExecutorProcessUtils.generateDynamicConfigsStr(spec).strip().split("\\s+");
        for (String part : parts) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                options.put(part.substring(0, equals), part.substring(equals + 1));
            }
        }
        return options;
    }

    private GuardedProcess start(
            String host,
            Map<String, String> hosts,
            List<String> jvm,
            String main,
            Map<String, String> own) {
        Path home = folder.resolve(host);
        Path log = home.resolve("log.txt");
        writeConfiguration(home, hosts, own);
        List<String> options = new ArrayList<>(jvm);
        options.add("-Djdk.net.hosts.file=" + home.resolve("hosts"));
        options.add("-Dlog4j.configurationFile=" + home.resolve("log4j2.properties"));
        // Many processes start at once here, perhaps on two cores. Flink's own option for it,
        // pekko.startup-timeout, is handed to Pekko under a name that Pekko does not read.
        options.add("-Dpekko.remote.classic.startup-timeout=90s");
        return GuardedProcess.start(
                host,
                Java.command(
                        home.resolve("tmp"),
                        options,
                        libraryClassPath(),
                        main,
                        List.of("--configDir", home.toString())),
                Map.of("FLINK_CONF_DIR", home.toString()),
                log);
    }

    private String libraryClassPath() {
        return settings.library().toAbsolutePath() + "/*";
    }

    /**
     * What the JobManagers of this cluster have logged so far. The second word of a line is its
     * time by {@link System#nanoTime()}.
     */
    public List<String> jobManagerLog() {
        try {
            return Files.readAllLines(
                    folder.resolve(jobManagerHost()).resolve("log.txt"),
                    StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String jobManagerHost() {
        return name + "-jm";
    }

    private void writeConfiguration(Path home, Map<String, String> hosts, Map<String, String> own) {
        Map<String, String> options = new TreeMap<>();
        options.put("jobmanager.rpc.address", jobManagerHost());
        options.put("jobmanager.rpc.port", Integer.toString(rpcPort));
        options.put("high-availability.jobmanager.port", Integer.toString(rpcPort));
        options.put("jobmanager.bind-host", Loopback.HOME);
        options.put("blob.server.port", Integer.toString(blobPort));
        options.put("rest.address", Loopback.HOME);
        options.put("rest.bind-address", Loopback.HOME);
        options.put("rest.port", Integer.toString(restPort));
        options.put("io.tmp.dirs", home.resolve("tmp").toString());
        options.put("metrics.fetcher.update-interval", "0");
        options.put("taskmanager.load-balance.mode", "SLOTS");
        options.putAll(settings.options());
        options.putAll(own);
        try {
            Files.createDirectories(home.resolve("tmp"));
            Files.writeString(
                    home.resolve("config.yaml"),
                    options.entrySet().stream()
                            .map(it -> it.getKey() + ": '" + it.getValue() + "'\n")
                            .collect(Collectors.joining()));
            Map<String, String> known = new LinkedHashMap<>(hosts);
            known.put("localhost", Loopback.HOME);
            known.put(InetAddress.getLocalHost().getHostName(), Loopback.HOME);
            Files.writeString(
                    home.resolve("hosts"),
                    known.entrySet().stream()
                            .map(it -> it.getValue() + " " + it.getKey() + "\n")
                            .collect(Collectors.joining()));
            Files.writeString(home.resolve("log4j2.properties"), LOGGING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final String LOGGING =
            """
            rootLogger.level = INFO
            rootLogger.appenderRef.console.ref = console
            logger.kafka.name = org.apache.kafka
            logger.kafka.level = WARN
            appender.console.type = Console
            appender.console.name = console
            appender.console.layout.type = PatternLayout
            appender.console.layout.pattern = %d{HH:mm:ss.SSS} %nano %-5p %c{1.} [%t] %m%n
            """;

    // -------------------------------------------------------------------------------- what is done

    /**
     * Submits a job as a person does, with {@code flink run -d}.
     *
     * @param arguments what follows {@code run -d} on the command line
     * @return the job's id
     */
    public String submit(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("run", "-d"));
        command.addAll(arguments);
        return found(JOB_ID, client(command));
    }

    /**
     * Stops a job with a savepoint, as a person does.
     *
     * @return where the savepoint is
     */
    public String stop(String jobId) {
        return found(SAVEPOINT, client(List.of("stop", jobId)));
    }

    private static String found(Pattern pattern, String said) {
        Matcher matcher = pattern.matcher(said);
        if (!matcher.find()) {
            throw new ChaosException("Flink's command line said:\n" + said);
        }
        return matcher.group(1);
    }

    private String client(List<String> arguments) {
        Path home = folder.resolve("client-" + name);
        Path log = home.resolve("log.txt");
        writeConfiguration(home, Map.of(), Map.of());
        try {
            Files.deleteIfExists(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (GuardedProcess client =
                GuardedProcess.start(
                        "client-" + name,
                        Java.command(
                                home.resolve("tmp"),
                                List.of(
                                        "-Xmx256m",
                                        "-Dlog4j.configurationFile="
                                                + home.resolve("log4j2.properties")),
                                libraryClassPath(),
                                CLIENT_MAIN,
                                arguments),
                        Map.of("FLINK_CONF_DIR", home.toString()),
                        log)) {
            Pause.until(
                    "flink " + arguments.get(0) + " is done",
                    SUBMITTED_WITHIN,
                    () -> !client.isAlive());
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGKILL to the JobManager. */
    public void killJobManager() {
        jobManager.ifPresent(GuardedProcess::kill);
        jobManager.ifPresent(GuardedProcess::close);
        jobManager = Optional.empty();
    }

    /** SIGKILL to a TaskManager. */
    public void killTaskManager(int number) {
        TaskManager it = taskManagers.get(number);
        it.process().kill();
        it.process().close();
        it.process = Optional.empty();
    }

    /** SIGKILL to everything. */
    public void killAll() {
        killJobManager();
        taskManagers.values().stream()
                .filter(it -> it.process.isPresent())
                .map(it -> it.number)
                .toList()
                .forEach(this::killTaskManager);
    }

    public void freezeJobManager() {
        jobManager.ifPresent(GuardedProcess::freeze);
    }

    public void thawJobManager() {
        jobManager.ifPresent(GuardedProcess::thaw);
    }

    public void freezeTaskManager(int number) {
        taskManagers.get(number).process().freeze();
    }

    public void thawTaskManager(int number) {
        taskManagers.get(number).process().thaw();
    }

    /**
     * The JobManager is told that there are no connections between it and a TaskManager; the
     * TaskManager hears nothing.
     */
    public void resetJobManagersEnd(int number) {
        TaskManager it = taskManagers.get(number);
        it.in.reset(NetworkLine.End.CLIENT);
        it.out.forEach(line -> line.reset(NetworkLine.End.SERVER));
    }

    /** Who of JobManager and TaskManager hears nothing of the other any more. */
    public enum Deaf {
        JOB_MANAGER,
        TASK_MANAGER,
        BOTH
    }

    /** What is meant for one or both gets lost; nobody is told. */
    public void partition(int number, Deaf deaf) {
        TaskManager it = taskManagers.get(number);
        switch (deaf) {
            case BOTH -> {
                it.in.cut();
                it.out.forEach(NetworkLine::cut);
            }
            case TASK_MANAGER -> {
                it.in.cut(NetworkLine.End.SERVER);
                it.out.forEach(line -> line.cut(NetworkLine.End.CLIENT));
            }
            case JOB_MANAGER -> {
                it.in.cut(NetworkLine.End.CLIENT);
                it.out.forEach(line -> line.cut(NetworkLine.End.SERVER));
            }
        }
    }

    /** Ends {@link #resetJobManagersEnd} and {@link #partition}. */
    public void mend(int number) {
        TaskManager it = taskManagers.get(number);
        it.in.mend();
        it.out.forEach(NetworkLine::mend);
    }

    /**
     * A TaskManager that runs a subtask of the job: the one with the lowest number. Waits for it
     * where the job is just being started anew.
     *
     * @throws ChaosException if there is none for long
     */
    public int taskManagerOf(String jobId) {
        long start = System.nanoTime();
        while (true) {
            Set<String> resources = rest.taskManagersOf(jobId);
            Optional<TaskManager> found =
                    taskManagers.values().stream()
                            .filter(it -> it.process.isPresent())
                            .filter(it -> resources.contains(it.resourceId()))
                            .findFirst();
            if (found.isPresent()) {
                return found.get().number;
            }
            if (System.nanoTime() - start > RUNS_WITHIN.toNanos()) {
                throw new ChaosException("No TaskManager runs the job of " + name);
            }
            Pause.of(Duration.ofMillis(500));
        }
    }

    @Override
    public void close() {
        List<Thread> closing =
                taskManagers.values().stream()
                        .flatMap(it -> it.process.stream())
                        .map(it -> new Thread(it::close))
                        .toList();
        closing.forEach(Thread::start);
        jobManager.ifPresent(GuardedProcess::close);
        for (Thread thread : closing) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        taskManagers
                .values()
                .forEach(
                        it -> {
                            it.in.close();
                            it.out.forEach(NetworkLine::close);
                        });
    }
}
