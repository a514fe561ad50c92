package io.leasehold.source.reader;

import io.leasehold.source.split.LeasedSplit;
import io.leasehold.testkit.NotedCalls;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** What a wrapped reader gives to its outputs, and what becomes of it. */
@Timeout(30)
class GatedOutputTest {

    private static final Watermark WATERMARK = new Watermark(7);

    private final LeaseGate gate = new LeaseGate(() -> 0);
    private final EmittedCounts counts = new EmittedCounts();
    private final SplitOutputs outputs = new SplitOutputs();

    static List<Method> ofAReader() {
        return NotedCalls.methodsBut(
                ReaderOutput.class, "createOutputForSplit", "releaseOutputForSplit");
    }

    static List<Method> ofASplit() {
        return NotedCalls.methodsBut(SourceOutput.class);
    }

    @ParameterizedTest
    @MethodSource("ofAReader")
    @SuppressWarnings("unchecked")
    void whatIsOfNoSplitGoesOutAsItIs(Method method) throws Exception {
        NotedCalls<ReaderOutput<String>> flink =
                new NotedCalls<>(
                        (Class<ReaderOutput<String>>) (Class<?>) ReaderOutput.class, WATERMARK);

        flink.assertPassedOn(output(flink.object()), method);
    }

    @ParameterizedTest
    @MethodSource("ofASplit")
    @SuppressWarnings("unchecked")
    void whatIsOfASplitGoesToTheSplitsOutputAsItIs(Method method) throws Exception {
        NotedCalls<SourceOutput<String>> splits =
                new NotedCalls<>(
                        (Class<SourceOutput<String>>) (Class<?>) SourceOutput.class, WATERMARK);
        NotedCalls<ReaderOutput<String>> flink =
                new NotedCalls<>(
                        (Class<ReaderOutput<String>>) (Class<?>) ReaderOutput.class,
                        splits.object());

        splits.assertPassedOn(output(flink.object()).createOutputForSplit("a"), method);
    }

    /** As a wrapped reader does when a split of its own is at its end. */
    @Test
    void anOutputThatTheWrappedReaderGivesUpIsReleasedAtTheNextPollAndIdleFirst() {
        List<String> said = new ArrayList<>();
        outputs.begins(split("a"));
        outputs.begins(split("b"));
        GatedOutput<String> output = output(new Saying(said));

        output.releaseOutputForSplit("a");
        assertThat(said).isEmpty();
        outputs.releaseIn(output, false);

        assertThat(said).containsExactly("create a#4", "idle", "release a#4");
    }

    /** Without it Flink would take the reader for idle, and drop its last watermark. */
    @Test
    void theLastOutputStaysUntilTheReaderHoldsNothing() {
        List<String> said = new ArrayList<>();
        outputs.begins(split("a"));
        GatedOutput<String> output = output(new Saying(said));

        output.releaseOutputForSplit("a");
        outputs.ends("a");
        outputs.releaseIn(output, false);
        assertThat(said).isEmpty();
        outputs.releaseIn(output, true);

        assertThat(said).containsExactly("create a#4", "idle", "release a#4");
    }

    /** Its records may still come, and would be late. */
    @Test
    void theOutputOfASplitThatStandsStillStaysUntilItIsLetGo() {
        List<String> said = new ArrayList<>();
        outputs.begins(split("a"));
        outputs.begins(split("b"));
        GatedOutput<String> output = output(new Saying(said));

        outputs.stops("a");
        outputs.releaseIn(output, false);
        assertThat(said).isEmpty();
        outputs.drop("a");
        outputs.releaseIn(output, false);

        assertThat(said).containsExactly("create a#4", "idle", "release a#4");
    }

    @Test
    void aSplitThatGoesOnHasItsNewOutputBeforeTheFormerOneIsReleased() {
        List<String> said = new ArrayList<>();
        outputs.begins(split("a"));
        GatedOutput<String> output = output(new Saying(said));

        outputs.stops("a");
        outputs.resumes(split("a"));
        outputs.releaseIn(output, false);

        assertThat(said).containsExactly("create a#4~1", "create a#4", "idle", "release a#4");
    }

    @Test
    void recordsWithAndWithoutATimeAreCountedForTheirSplit() {
        SourceOutput<String> output = output(flinks()).createOutputForSplit("a");

        output.collect("one");
        output.collect("two", 2);
        output.collect("three", 3);

        assertThat(counts.of(Set.of("a"))).isEqualTo(Map.of("a", 3L));
    }

    /** Nobody may emit what another may be emitting by now. */
    @Test
    void recordsWithAndWithoutATimeDoNotPassAGateThatIsClosed() {
        SourceOutput<String> output = output(flinks()).createOutputForSplit("a");
        gate.close();

        assertThatIllegalStateException().isThrownBy(() -> output.collect("one"));
        assertThatIllegalStateException().isThrownBy(() -> output.collect("two", 2));
        assertThat(counts.of(Set.of("a")).getOrDefault("a", 0L)).isZero();
    }

    @SuppressWarnings("unchecked")
    private static ReaderOutput<String> flinks() {
        return new NotedCalls<>((Class<ReaderOutput<String>>) (Class<?>) ReaderOutput.class)
                .object();
    }

    private GatedOutput<String> output(ReaderOutput<String> outer) {
        return new GatedOutput<>(outer, gate, counts, outputs);
    }

    private static LeasedSplit<MemoryQueueSplit> split(String splitId) {
        return new LeasedSplit<>(
                new MemoryQueueSplit(splitId, 0, 9), 4, 1, false, Optional.empty());
    }

    private record Saying(List<String> said) implements ReaderOutput<String> {

        @Override
        public void collect(String record) {
            said.add(record);
        }

        @Override
        public void collect(String record, long timestamp) {
            said.add(record);
        }

        @Override
        public void emitWatermark(Watermark watermark) {
            said.add("watermark");
        }

        @Override
        public void markIdle() {
            said.add("idle");
        }

        @Override
        public void markActive() {
            said.add("active");
        }

        @Override
        public SourceOutput<String> createOutputForSplit(String splitId) {
            said.add("create " + splitId);
            return this;
        }

        @Override
        public void releaseOutputForSplit(String splitId) {
            said.add("release " + splitId);
        }
    }
}
