package io.leasehold.source.enumerator;

import io.leasehold.lease.store.SplitRequest.Discover.NewSplit;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** How the wrapped enumerator is asked for all that it has. */
@Timeout(30)
class SplitDiscoveryTest {

    private final EnumeratorRig.Context context = new EnumeratorRig.Context(2);
    private final List<String> found = new ArrayList<>();
    private int endsTold;
    private Optional<Asked> inner = Optional.empty();
    private SplitDiscovery<MemoryQueueSplit, String> discovery;

    @BeforeEach
    void start() throws Exception {
        discovery =
                new SplitDiscovery<>(
                        context,
                        new InnerSplitCodec<>(
                                EnumeratorRig.SERIALIZER, new SplitBounds<>(split -> "")),
                        List.of(),
                        splits -> splits.stream().map(NewSplit::splitId).forEach(found::add),
                        () -> endsTold++);
        discovery.open(flink -> asked(flink));
        context.registered.put(0, new ReaderInfo(0, "here"));
        context.registered.put(1, new ReaderInfo(1, "there"));
        discovery.start();
    }

    private Asked asked(SplitEnumeratorContext<MemoryQueueSplit> flink) {
        inner = Optional.of(new Asked(flink));
        return inner.get();
    }

    /** All there is must have a lease before it can be shared, and no reader asks for all. */
    @Test
    void whereAReaderAsksItIsAskedUntilThereIsNoMore() {
        inner().left.addAll(List.of("a", "b", "c"));

        discovery.request(1, "there");
        settle();

        assertThat(found).containsExactly("a", "b", "c");
        assertThat(inner().requests).hasSize(4).containsOnly("1 there");
        assertThat(endsTold).isEqualTo(1);
    }

    @Test
    void whoHasNotAskedIsNotAskedFor() {
        inner().context.assignSplit(new MemoryQueueSplit("a", 0, 9), 1);
        settle();

        assertThat(found).containsExactly("a");
        assertThat(inner().requests).isEmpty();
    }

    @Test
    void whoWasToldThatThereIsNoMoreIsNotAskedForAgain() {
        discovery.request(1, "there");
        inner().context.assignSplit(new MemoryQueueSplit("a", 0, 9), 1);
        settle();

        assertThat(inner().requests).hasSize(1);
    }

    @Test
    void whoIsGoneIsNotAskedFor() {
        inner().left.addAll(List.of("a", "b"));
        discovery.request(0, "here");
        discovery.attemptGone(0);
        settle();
        assertThat(inner().requests).hasSize(1);

        discovery.request(1, "there");
        context.registered.remove(1);
        settle();
        assertThat(inner().requests).hasSize(2);
    }

    @Test
    void itIsCompleteWhenAllIsLeasedAndEachReaderWasToldOfTheEnd() {
        inner().left.add("a");
        discovery.request(0, "here");
        settle();
        assertThat(discovery.isComplete(Set.of(0))).isFalse();

        discovery.haveLeases(Set.of("a"));
        assertThat(discovery.isComplete(Set.of(0))).isTrue();
        assertThat(discovery.isComplete(Set.of(0, 1))).isFalse();

        // The next attempt may be given more.
        discovery.attemptGone(0);
        assertThat(discovery.isComplete(Set.of(0))).isFalse();
    }

    @Test
    void twoSplitsOfOneIdAreRefused() {
        MemoryQueueSplit split = new MemoryQueueSplit("a", 0, 9);

        assertThatThrownBy(() -> discovery.found(0, List.of(split, split)))
                .hasMessageStartingWith("The source has two splits with the id 'a'.");
    }

    private Asked inner() {
        return inner.orElseThrow();
    }

    private void settle() {
        while (context.getExecutorService().numQueuedRunnables() > 0) {
            context.triggerAllActions();
        }
    }

    /** Gives one split for each request, and then says that there is no more. */
    private static final class Asked implements SplitEnumerator<MemoryQueueSplit, String> {

        final SplitEnumeratorContext<MemoryQueueSplit> context;
        final Deque<String> left = new ArrayDeque<>();
        final List<String> requests = new ArrayList<>();

        Asked(SplitEnumeratorContext<MemoryQueueSplit> context) {
            this.context = context;
        }

        @Override
        public void handleSplitRequest(int subtask, String host) {
            requests.add(subtask + " " + host);
            if (left.isEmpty()) {
                context.signalNoMoreSplits(subtask);
            } else {
                context.assignSplit(new MemoryQueueSplit(left.poll(), 0, 9), subtask);
            }
        }

        @Override
        public void start() {}

        @Override
        public void addSplitsBack(List<MemoryQueueSplit> splits, int subtask) {}

        @Override
        public void addReader(int subtask) {}

        @Override
        public String snapshotState(long checkpointId) {
            return "";
        }

        @Override
        public void close() {}
    }
}
