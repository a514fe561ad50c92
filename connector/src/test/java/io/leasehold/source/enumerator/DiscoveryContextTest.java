package io.leasehold.source.enumerator;

import io.leasehold.testkit.NotedCalls;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.connector.testutils.source.reader.TestingSplitEnumeratorContext;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** What the wrapped enumerator sees of Flink. */
@Timeout(30)
class DiscoveryContextTest {

    private static final ReaderInfo WITH_REPORT =
            ReaderInfo.createReaderInfo(
                    1, "here", List.of(new MemoryQueueSplit("a", 0, Integer.MAX_VALUE)));

    private static final DiscoveryContext.Discoveries<MemoryQueueSplit> NOBODY =
            new DiscoveryContext.Discoveries<>() {
                @Override
                public void found(int subtask, List<MemoryQueueSplit> splits) {}

                @Override
                public void noMoreFor(int subtask) {}
            };

    private final DiscoveryContext<MemoryQueueSplit> context =
            new DiscoveryContext<>(
                    new TestingSplitEnumeratorContext<MemoryQueueSplit>(2) {
                        @Override
                        public Map<Integer, ReaderInfo> registeredReaders() {
                            return Map.of(1, WITH_REPORT);
                        }

                        @Override
                        public Map<Integer, Map<Integer, ReaderInfo>>
                                registeredReadersOfAttempts() {
                            return Map.of(1, Map.of(3, WITH_REPORT));
                        }
                    },
                    NOBODY);

    /** They are leased ones, and ours. */
    @Test
    void itSeesReadersWithoutWhatTheyReport() {
        ReaderInfo reader = new ReaderInfo(1, "here");

        assertThat(context.registeredReaders()).isEqualTo(Map.of(1, reader));
        assertThat(context.registeredReaders().get(1).getReportedSplitsOnRegistration()).isEmpty();
        assertThat(context.registeredReadersOfAttempts()).isEqualTo(Map.of(1, Map.of(3, reader)));
        assertThat(
                        context.registeredReadersOfAttempts()
                                .get(1)
                                .get(3)
                                .getReportedSplitsOnRegistration())
                .isEmpty();
    }

    /** Of the Flink that is tested with, whichever that is. */
    static List<Method> whatIsNotOurs() {
        return NotedCalls.methodsBut(
                SplitEnumeratorContext.class,
                "assignSplit",
                "assignSplits",
                "signalNoMoreSplits",
                "registeredReaders",
                "registeredReadersOfAttempts");
    }

    @ParameterizedTest
    @MethodSource("whatIsNotOurs")
    @SuppressWarnings("unchecked")
    void allElseGoesToFlinkAsItIs(Method method) throws Exception {
        NotedCalls<SplitEnumeratorContext<MemoryQueueSplit>> flink =
                new NotedCalls<>(
                        (Class<SplitEnumeratorContext<MemoryQueueSplit>>)
                                (Class<?>) SplitEnumeratorContext.class);

        flink.assertPassedOn(new DiscoveryContext<>(flink.object(), NOBODY), method);
    }

    /** It is one or the other that a source calls. */
    @Test
    void whatItAssignsAndThatThereIsNoMoreIsADiscovery() {
        List<String> said = new ArrayList<>();
        DiscoveryContext<MemoryQueueSplit> discovering =
                new DiscoveryContext<>(
                        new TestingSplitEnumeratorContext<MemoryQueueSplit>(2),
                        new DiscoveryContext.Discoveries<>() {
                            @Override
                            public void found(int subtask, List<MemoryQueueSplit> splits) {
                                splits.forEach(split -> said.add(split.splitId() + "/" + subtask));
                            }

                            @Override
                            public void noMoreFor(int subtask) {
                                said.add("no more/" + subtask);
                            }
                        });

        discovering.assignSplit(new MemoryQueueSplit("a", 0, 1), 1);
        discovering.assignSplits(
                new SplitsAssignment<>(Map.of(0, List.of(new MemoryQueueSplit("b", 0, 1)))));
        discovering.signalNoMoreSplits(1);

        assertThat(said).containsExactly("a/1", "b/0", "no more/1");
    }
}
