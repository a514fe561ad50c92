package io.leasehold.source.enumerator;

import io.leasehold.lease.store.SplitRequest.Discover.NewSplit;
import io.leasehold.source.book.SplitCodec;

import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.util.FlinkRuntimeException;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What splits there are: runs the wrapped enumerator, and remembers what it gave away until that
 * has a lease.
 *
 * <p>The wrapped enumerator takes a split for assigned once it has given it away, to whatever
 * reader. One that is asked for splits one at a time is asked until it has no more: all that there
 * is must have a lease before it can be shared.
 *
 * <p>Coordinator thread only.
 */
final class SplitDiscovery<SplitT extends SourceSplit, InnerT>
        implements DiscoveryContext.Discoveries<SplitT> {

    private final SplitEnumeratorContext<?> context;
    private final SplitCodec<SplitT> codec;
    private final Consumer<List<NewSplit>> discoveries;
    private final Runnable noMore;
    private SplitEnumerator<SplitT, InnerT> inner;

    /** Splits that are not known to have a lease yet. */
    private Map<String, SplitT> leaseless = new LinkedHashMap<>();

    /** Host names of the readers that ask for splits, by subtask. */
    private final Map<Integer, String> requesters = new HashMap<>();

    /** Subtasks that the wrapped enumerator has no more splits for. */
    private final Set<Integer> nothingMoreFor = new HashSet<>();

    /**
     * @param leaseless what a checkpoint says has no lease yet
     * @param discoveries told of splits that need a lease
     * @param noMore run when a subtask has nothing more to expect
     */
    SplitDiscovery(
            SplitEnumeratorContext<?> context,
            SplitCodec<SplitT> codec,
            List<SplitT> leaseless,
            Consumer<List<NewSplit>> discoveries,
            Runnable noMore) {
        this.context = context;
        this.codec = codec;
        this.discoveries = discoveries;
        this.noMore = noMore;
        leaseless.forEach(split -> this.leaseless.put(split.splitId(), split));
    }

    /** Makes the wrapped enumerator, which may find splits at once. */
    void open(LeasedSplitEnumerator.InnerFactory<SplitT, InnerT> innerFactory) throws Exception {
        inner = innerFactory.create(new DiscoveryContext<>(context, this));
    }

    /** The wrapped enumerator, for what simply passes through. */
    SplitEnumerator<SplitT, InnerT> inner() {
        return inner;
    }

    void start() {
        inner.start();
        tell(List.copyOf(leaseless.values()));
    }

    @Override
    public void found(int subtask, List<SplitT> splits) {
        Set<String> ids = new HashSet<>();
        for (SplitT split : splits) {
            if (!ids.add(split.splitId())) {
                throw new FlinkRuntimeException(
                        "The source has two splits with the id '%s'. Split ids must be unique, and the same in every job."
                                .formatted(split.splitId()));
            }
            leaseless.put(split.splitId(), split);
        }
        tell(splits);
        requestAgain(subtask);
    }

    private void tell(List<SplitT> splits) {
        discoveries.accept(splits.stream().map(codec::lease).toList());
    }

    void haveLeases(Set<String> splitIds) {
        leaseless.keySet().removeAll(splitIds);
        if (leaseless.isEmpty()) {
            // A map that was large stays so inside, for ever.
            leaseless = new LinkedHashMap<>();
        }
    }

    List<SplitT> leaseless() {
        return List.copyOf(leaseless.values());
    }

    void request(int subtask, String host) {
        requesters.put(subtask, host);
        inner.handleSplitRequest(subtask, host);
    }

    private void requestAgain(int subtask) {
        if (requesters.containsKey(subtask)) {
            context.runInCoordinatorThread(
                    () -> {
                        String host = requesters.get(subtask);
                        if (host != null && context.registeredReaders().containsKey(subtask)) {
                            inner.handleSplitRequest(subtask, host);
                        }
                    });
        }
    }

    @Override
    public void noMoreFor(int subtask) {
        requesters.remove(subtask);
        nothingMoreFor.add(subtask);
        // The wrapped enumerator may still be in the middle of something.
        context.runInCoordinatorThread(noMore);
    }

    void attemptGone(int subtask) {
        requesters.remove(subtask);
        nothingMoreFor.remove(subtask);
    }

    /** Whether all there is has been found and has a lease, as far as these readers are told. */
    boolean isComplete(Set<Integer> subtasks) {
        return leaseless.isEmpty() && nothingMoreFor.containsAll(subtasks);
    }
}
