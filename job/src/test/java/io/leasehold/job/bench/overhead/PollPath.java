package io.leasehold.job.bench.overhead;

import io.leasehold.source.event.LeaseSourceEvent.GrantExtended;
import io.leasehold.source.metrics.ReaderMetrics;
import io.leasehold.source.reader.GrantLines;
import io.leasehold.source.reader.LeasedSourceReader;
import io.leasehold.source.reader.OpenGate;
import io.leasehold.source.split.LeasedSplit;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.core.io.InputStatus;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * What a poll for one record costs: of a reader that has it in memory, of the same reader behind
 * the gate, and of the gate's part alone. What the second takes beyond the first is what leases
 * cost for each record. Several splits are held, and the clock is this machine's.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PollPath {

    static final int SPLITS = 4;

    private static final String READER = "reader";
    private static final Duration FOR_LONG = Duration.ofDays(1);

    private final ConstantReader bare = new ConstantReader();
    private final OpenGate gate = new OpenGate(FOR_LONG);
    private LeasedSourceReader<byte[], MemoryQueueSplit> leased;
    private Swallowing output;

    @Setup(Level.Trial)
    public void start(Blackhole blackhole) throws Exception {
        output = new Swallowing(blackhole);
        List<MemoryQueueSplit> splits =
                IntStream.range(0, SPLITS)
                        .mapToObj(i -> new MemoryQueueSplit("split-" + i, 0, Integer.MAX_VALUE))
                        .toList();
        bare.addSplits(splits);
        LoneContext context = new LoneContext();
        leased =
                new LeasedSourceReader<>(
                        READER,
                        context,
                        ConstantReader::new,
                        new MemoryQueueSplit.Serializer(),
                        Boundedness.CONTINUOUS_UNBOUNDED,
                        FOR_LONG,
                        System::nanoTime,
                        new ReaderMetrics(context.metricGroup(), System::nanoTime),
                        GrantLines.of(READER, context, FOR_LONG, System::nanoTime),
                        Executors.newSingleThreadScheduledExecutor(),
                        Executors.newSingleThreadScheduledExecutor());
        leased.start();
        leased.addSplits(
                splits.stream()
                        .map(split -> new LeasedSplit<>(split, 1, 1, false, Optional.of(READER)))
                        .toList());
        leased.handleSourceEvents(new GrantExtended(READER, System.nanoTime(), FOR_LONG.toNanos()));
    }

    @TearDown(Level.Trial)
    public void stop() throws Exception {
        leased.close();
    }

    @Benchmark
    public InputStatus bare() {
        return bare.pollNext(output);
    }

    @Benchmark
    public InputStatus leased() throws Exception {
        return leased.pollNext(output);
    }

    @Benchmark
    public boolean gate() {
        return gate.passes();
    }

    /** Where the records end, so that none of the work for them can be left out. */
    private static final class Swallowing implements ReaderOutput<byte[]> {
        private final Blackhole blackhole;

        Swallowing(Blackhole blackhole) {
            this.blackhole = blackhole;
        }

        @Override
        public void collect(byte[] record) {
            blackhole.consume(record);
        }

        @Override
        public void collect(byte[] record, long timestamp) {
            blackhole.consume(record);
            blackhole.consume(timestamp);
        }

        @Override
        public void emitWatermark(Watermark watermark) {}

        @Override
        public void markIdle() {}

        @Override
        public void markActive() {}

        @Override
        public SourceOutput<byte[]> createOutputForSplit(String splitId) {
            return new Swallowing(blackhole);
        }

        @Override
        public void releaseOutputForSplit(String splitId) {}
    }
}
