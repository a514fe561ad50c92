package io.leasehold.job.bench.overhead;

import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A sink that drops what comes, and notes when it came. It is chained to the source, so that its
 * thread is the source's task thread.
 *
 * <p>Every partition has the same number of records, and a subtask reads whole partitions: its last
 * record is one of those at which a multiple of that number has come. Only at these, and where it
 * begins to count, is a clock looked at.
 */
final class Tally implements Sink<byte[]> {

    private static final long serialVersionUID = 1L;

    /** By run; in the JVM that both the tasks and whoever waits for them run in. */
    private static final Map<String, Queue<Part>> PARTS = new ConcurrentHashMap<>();

    /**
     * What one subtask has read.
     *
     * @param sum of the records' numbers
     * @param firstNanos when its first record came, by the clock of {@link Instant}
     * @param ramped when it had read {@link #rampOf} records
     * @param last when its last one came
     */
    record Part(long records, long sum, long firstNanos, Instant ramped, Instant last) {}

    /**
     * A time of a thread.
     *
     * @param nanos by the monotonic clock of this machine
     * @param busyNanos for which the thread has had a processor since it began
     * @param allocatedBytes by the thread since it began
     * @param processNanos for which all threads of the JVM have had a processor since it began; in
     *     steps of 10 ms
     */
    record Instant(long nanos, long busyNanos, long allocatedBytes, long processNanos) {

        private static final ThreadMXBean THREADS =
                (ThreadMXBean) ManagementFactory.getThreadMXBean();

        private static final OperatingSystemMXBean SYSTEM =
                (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

        static Instant now() {
            return new Instant(
                    System.nanoTime(),
                    THREADS.getCurrentThreadCpuTime(),
                    THREADS.getCurrentThreadAllocatedBytes(),
                    SYSTEM.getProcessCpuTime());
        }
    }

    private final String run;
    private final int recordsPerPartition;

    /**
     * @param run a name that no other run of this JVM has
     */
    Tally(String run, int recordsPerPartition) {
        this.run = run;
        this.recordsPerPartition = recordsPerPartition;
    }

    /**
     * How many records a subtask reads before they count. A reader that waits for its grant has its
     * first records in memory when it may emit them: more than can be there must be gone by then.
     */
    static int rampOf(int recordsPerPartition) {
        return recordsPerPartition / 4;
    }

    /** What the subtasks of a run that is over have read, of those that have read anything. */
    static List<Part> takeParts(String run) {
        Queue<Part> parts = PARTS.remove(run);
        return parts == null ? List.of() : List.copyOf(parts);
    }

    @Override
    public SinkWriter<byte[]> createWriter(WriterInitContext context) {
        return new Writer(run, recordsPerPartition);
    }

    private static final class Writer implements SinkWriter<byte[]> {
        private final String run;
        private final int recordsPerPartition;
        private final int ramp;
        private long records;
        private int leftOfPartition;
        private long sum;
        private long firstNanos;
        private Instant ramped;
        private Instant last;

        Writer(String run, int recordsPerPartition) {
            this.run = run;
            this.recordsPerPartition = recordsPerPartition;
            this.ramp = rampOf(recordsPerPartition);
            this.leftOfPartition = recordsPerPartition;
        }

        @Override
        public void write(byte[] record, Context context) {
            if (records++ == 0) {
                firstNanos = System.nanoTime();
            }
            if (records == ramp) {
                ramped = Instant.now();
            }
            sum += NumberedTopic.number(record);
            if (--leftOfPartition == 0) {
                leftOfPartition = recordsPerPartition;
                last = Instant.now();
            }
        }

        @Override
        public void flush(boolean endOfInput) {}

        @Override
        public void close() {
            if (last != null) {
                PARTS.computeIfAbsent(run, none -> new ConcurrentLinkedQueue<>())
                        .add(new Part(records, sum, firstNanos, ramped, last));
            }
        }
    }
}
