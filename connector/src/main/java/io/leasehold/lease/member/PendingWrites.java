package io.leasehold.lease.member;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.OwnershipRequest.Finish;
import io.leasehold.lease.store.OwnershipRequest.Record;
import io.leasehold.lease.store.OwnershipRequest.Recorded;
import io.leasehold.lease.store.OwnershipRequest.Release;
import io.leasehold.lease.store.SplitRequest.Discover;
import io.leasehold.lease.store.SplitRequest.Rate;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What one member has to write, kept until the store has answered that it did: a request whose
 * answer is lost is sent again, and what was told meanwhile is not lost with it.
 */
final class PendingWrites {

    /**
     * A request for this member's own splits.
     *
     * @param written takes in for which of them it was carried out, and says whether rows are other
     *     than known by that
     */
    record Write(LeaseRequest<Set<String>> request, Predicate<Set<String>> written) {}

    /** What waits for one kind of request, by split: the last that was told of it. */
    private static final class Waiting<T> {

        private final Function<T, String> idOf;
        private Map<String, T> splits = new LinkedHashMap<>();

        Waiting(Function<T, String> idOf) {
            this.idOf = idOf;
        }

        void add(T split) {
            splits.put(idOf.apply(split), split);
        }

        void remove(String split) {
            splits.remove(split);
        }

        /** As many as fit into one request; empty if there are none. */
        Optional<List<T>> first() {
            return splits.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            splits.values().stream().limit(LeaseRequest.MOST_SPLITS).toList());
        }

        /** These need not be sent again, but what was told of them since. */
        void sent(List<T> sent) {
            sent.forEach(split -> splits.remove(idOf.apply(split), split));
            smallIfEmpty();
        }

        /** Takes out those that need not be written, and names them. */
        Set<String> takeOut(Predicate<String> needless) {
            Set<String> taken =
                    splits.keySet().stream().filter(needless).collect(Collectors.toSet());
            splits.keySet().removeAll(taken);
            smallIfEmpty();
            return taken;
        }

        /** A map that was large stays so inside, for ever. */
        private void smallIfEmpty() {
            if (splits.isEmpty()) {
                splits = new LinkedHashMap<>();
            }
        }
    }

    private final String group;
    private final Incarnation me;
    private final Waiting<Discover.NewSplit> discoveries =
            new Waiting<>(Discover.NewSplit::splitId);
    private final Waiting<Release.Released> releases = new Waiting<>(Release.Released::splitId);
    private final Waiting<Recorded> finished = new Waiting<>(Recorded::splitId);
    private final Waiting<Recorded> progress = new Waiting<>(Recorded::splitId);
    private final Waiting<Rate.Rated> rates = new Waiting<>(Rate.Rated::splitId);

    PendingWrites(String group, Incarnation me) {
        this.group = group;
        this.me = me;
    }

    void discovered(Collection<Discover.NewSplit> splits) {
        splits.forEach(discoveries::add);
    }

    void released(Release.Released split) {
        progress.remove(split.splitId());
        releases.add(split);
    }

    void finished(Collection<Recorded> splits) {
        for (Recorded split : splits) {
            progress.remove(split.splitId());
            finished.add(split);
        }
    }

    void progressed(Collection<Recorded> splits) {
        splits.forEach(progress::add);
    }

    void rated(Rate.Rated split) {
        rates.add(split);
    }

    /** The split is not ours any more: what was to be written of it would be refused. */
    void forget(String splitId) {
        Stream.of(rates, releases, finished, progress).forEach(waiting -> waiting.remove(splitId));
    }

    boolean allDiscovered() {
        return discoveries.splits.isEmpty();
    }

    Optional<Discover> discover() {
        return discoveries.first().map(splits -> new Discover(group, me, splits));
    }

    void written(Discover request) {
        discoveries.sent(request.splits());
    }

    /** Forgets the splits that have a row, and names them. */
    Set<String> discoveredBefore(KnownLeases leases) {
        return discoveries.takeOut(splitId -> leases.of(splitId).isPresent());
    }

    /** What is to be written next of the splits that this member holds. */
    Optional<Write> next() {
        return release().or(this::finish).or(this::record).or(this::rate);
    }

    /** What is worth writing when nothing more will be: as much as fits into one request each. */
    List<LeaseRequest<?>> last() {
        return Stream.of(release(), finish(), record())
                .flatMap(Optional::stream)
                .<LeaseRequest<?>>map(Write::request)
                .toList();
    }

    private Optional<Write> release() {
        return write(releases, splits -> new Release(group, me, splits), true);
    }

    private Optional<Write> finish() {
        return write(finished, splits -> new Finish(group, me, splits), true);
    }

    private Optional<Write> record() {
        return write(progress, splits -> new Record(group, me, splits), false);
    }

    private Optional<Write> rate() {
        return write(rates, splits -> new Rate(group, me, splits), true);
    }

    /**
     * @param changesLeases whether what is known of a lease, other than its position, is changed
     */
    private static <T> Optional<Write> write(
            Waiting<T> waiting,
            Function<List<T>, LeaseRequest<Set<String>>> request,
            boolean changesLeases) {
        return waiting.first()
                .map(
                        splits ->
                                new Write(
                                        request.apply(splits),
                                        applied -> {
                                            waiting.sent(splits);
                                            // Whose condition failed has lost the lease, which
                                            // shows in its row.
                                            return changesLeases || applied.size() < splits.size();
                                        }));
    }
}
