package io.leasehold.lease;

import io.leasehold.lease.LeaseRequest.Discover;
import io.leasehold.lease.LeaseRequest.Finish;
import io.leasehold.lease.LeaseRequest.Rate;
import io.leasehold.lease.LeaseRequest.Record;
import io.leasehold.lease.LeaseRequest.Recorded;
import io.leasehold.lease.LeaseRequest.Release;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one member has to write, kept until the store has answered that it did: a request whose
 * answer is lost is sent again, and what was told meanwhile is not lost with it.
 */
final class PendingWrites {

    private final String group;
    private final Incarnation me;
    private Map<String, Discover.NewSplit> discoveries = new LinkedHashMap<>();
    private final Map<String, Release.Released> releases = new LinkedHashMap<>();
    private final Map<String, Recorded> finished = new LinkedHashMap<>();
    private Map<String, Recorded> progress = new LinkedHashMap<>();
    private final Map<String, Rate.Rated> rates = new LinkedHashMap<>();

    PendingWrites(String group, Incarnation me) {
        this.group = group;
        this.me = me;
    }

    void discovered(Collection<Discover.NewSplit> splits) {
        splits.forEach(split -> discoveries.put(split.splitId(), split));
    }

    void released(Release.Released split) {
        progress.remove(split.splitId());
        releases.put(split.splitId(), split);
    }

    void finished(Collection<Recorded> splits) {
        for (Recorded split : splits) {
            progress.remove(split.splitId());
            finished.put(split.splitId(), split);
        }
    }

    void progressed(Collection<Recorded> splits) {
        splits.forEach(split -> progress.put(split.splitId(), split));
    }

    void rated(Rate.Rated split) {
        rates.put(split.splitId(), split);
    }

    /** The split is not ours any more: what was to be written of it would be refused. */
    void forget(String splitId) {
        rates.remove(splitId);
        releases.remove(splitId);
        finished.remove(splitId);
        progress.remove(splitId);
    }

    boolean allDiscovered() {
        return discoveries.isEmpty();
    }

    Optional<Discover> discover() {
        return first(discoveries).map(splits -> new Discover(group, me, splits));
    }

    void written(Discover request) {
        request.splits().forEach(split -> discoveries.remove(split.splitId(), split));
        discoveries = smallIfEmpty(discoveries);
    }

    /** Forgets the splits that have a row, and names them. */
    Set<String> discoveredBefore(KnownLeases leases) {
        Set<String> known =
                discoveries.keySet().stream()
                        .filter(splitId -> leases.of(splitId).isPresent())
                        .collect(Collectors.toSet());
        discoveries.keySet().removeAll(known);
        discoveries = smallIfEmpty(discoveries);
        return known;
    }

    Optional<Release> release() {
        return first(releases).map(splits -> new Release(group, me, splits));
    }

    void written(Release request) {
        request.splits().forEach(split -> releases.remove(split.splitId(), split));
    }

    Optional<Finish> finish() {
        return first(finished).map(splits -> new Finish(group, me, splits));
    }

    void written(Finish request) {
        request.splits().forEach(split -> finished.remove(split.splitId(), split));
    }

    Optional<Record> record() {
        return first(progress).map(splits -> new Record(group, me, splits));
    }

    void written(Record request) {
        request.splits().forEach(split -> progress.remove(split.splitId(), split));
        progress = smallIfEmpty(progress);
    }

    Optional<Rate> rate() {
        return first(rates).map(splits -> new Rate(group, me, splits));
    }

    void written(Rate request) {
        request.splits().forEach(split -> rates.remove(split.splitId(), split));
    }

    /** What is worth writing when nothing more will be: as much as fits into one request each. */
    List<LeaseRequest<?>> last() {
        List<LeaseRequest<?>> last = new ArrayList<>();
        release().ifPresent(last::add);
        finish().ifPresent(last::add);
        record().ifPresent(last::add);
        return last;
    }

    /** A map that was large stays so inside, for ever. */
    private static <T> Map<String, T> smallIfEmpty(Map<String, T> waiting) {
        return waiting.isEmpty() ? new LinkedHashMap<>() : waiting;
    }

    private static <T> Optional<List<T>> first(Map<String, T> waiting) {
        return waiting.isEmpty()
                ? Optional.empty()
                : Optional.of(waiting.values().stream().limit(LeaseRequest.MOST_SPLITS).toList());
    }
}
