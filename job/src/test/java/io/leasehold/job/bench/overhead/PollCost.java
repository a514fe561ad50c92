package io.leasehold.job.bench.overhead;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * What one record costs on one way of {@link PollPath}, measured by JMH in a JVM of its own, which
 * has seen nothing else.
 *
 * @param nanos for a record, by the clock
 * @param busyNanos for a record, of processor time: others on this machine hardly show in it
 * @param bytes allocated for a record
 */
public record PollCost(double nanos, double busyNanos, double bytes) {

    /** A way of {@link PollPath}. */
    public enum Way {
        BARE("bare", "poll of a reader in memory"),
        LEASED("leased", "the same under leases"),
        GATE("gate", "the gate alone");

        private final String method;
        private final String words;

        Way(String method, String words) {
            this.method = method;
            this.words = words;
        }

        public String words() {
            return words;
        }
    }

    private static final int WARM_UPS = 3;
    private static final int ITERATIONS = 5;
    private static final TimeValue ITERATION = TimeValue.milliseconds(400);
    private static final String BYTES = "gc.alloc.rate.norm";

    /** How it is measured, for people. */
    public static String settings() {
        return "%d splits, JMH, %d x %s after %d, in a new JVM each round"
                .formatted(PollPath.SPLITS, ITERATIONS, ITERATION, WARM_UPS);
    }

    /**
     * Measures it once: the median of some iterations.
     *
     * @param log what JMH says goes there
     */
    public static PollCost of(Way way, Path log) throws RunnerException {
        RunResult result =
                new Runner(
                                new OptionsBuilder()
                                        .include(
                                                "^%s$"
                                                        .formatted(
                                                                Pattern.quote(
                                                                        PollPath.class.getName()
                                                                                + "."
                                                                                + way.method)))
                                        .forks(1)
                                        .jvmArgs("-Xmx256m", "-XX:+UseSerialGC")
                                        .warmupIterations(WARM_UPS)
                                        .warmupTime(ITERATION)
                                        .measurementIterations(ITERATIONS)
                                        .measurementTime(ITERATION)
                                        .addProfiler(GCProfiler.class)
                                        .addProfiler(BusyTime.class)
                                        .shouldFailOnError(true)
                                        .verbosity(VerboseMode.NORMAL)
                                        .output(log.toString())
                                        .build())
                        .runSingle();
        return new PollCost(
                result.getPrimaryResult().getStatistics().getPercentile(50),
                result.getSecondaryResults().get(BusyTime.LABEL).getStatistics().getPercentile(50),
                result.getSecondaryResults().get(BYTES).getStatistics().getPercentile(50));
    }
}
