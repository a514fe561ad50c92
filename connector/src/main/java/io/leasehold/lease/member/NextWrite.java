package io.leasehold.lease.member;

import io.leasehold.lease.model.Lease;
import io.leasehold.lease.store.SplitRequest.Discover;
import io.leasehold.lease.store.SplitRequest.Exclude;
import io.leasehold.lease.store.SplitRequest.Rate;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What one member writes next into rows of splits, of what it was told. */
final class NextWrite {

    private final GroupView view;

    NextWrite(GroupView view) {
        this.view = view;
    }

    /** How many records a second were read: written where a rate is no longer as it was. */
    void measured(Map<String, Double> perSecond) {
        perSecond.forEach(
                (splitId, rate) -> {
                    Optional<Long> epoch = view.own.epochOf(splitId);
                    double known = view.leases.of(splitId).map(Lease::rate).orElse(rate);
                    if (epoch.isPresent() && isOther(rate, known)) {
                        view.writes.rated(new Rate.Rated(splitId, epoch.get(), rate));
                    }
                });
    }

    /** A quarter of the greater, and a record a second: or each wobble would be a change. */
    static boolean isOther(double rate, double known) {
        double difference = Math.abs(rate - known);
        return difference >= 1 && difference > Math.max(rate, known) / 4;
    }

    /**
     * @param changesOwn whether what is written of splits that this member owns may be
     */
    Optional<LeaseStep<?>> next(boolean changesOwn) {
        return view.writes
                .discover()
                .flatMap(this::discover)
                .or(this::exclude)
                .or(() -> changesOwn ? own() : Optional.empty());
    }

    private Optional<LeaseStep<?>> discover(Discover request) {
        return LeaseStep.of(request, (inserted, sentAt, now) -> discovered(request, inserted));
    }

    private void discovered(Discover request, Set<String> inserted) {
        view.writes.written(request);
        Set<String> splits =
                request.splits().stream()
                        .map(Discover.NewSplit::splitId)
                        .collect(Collectors.toSet());
        // Where another member was faster, its row is not known here either.
        view.outdatedIf(
                splits.stream()
                        .anyMatch(id -> inserted.contains(id) || view.leases.of(id).isEmpty()));
        view.news.add(new LeaseEvent.Known(splits));
    }

    private Optional<LeaseStep<?>> exclude() {
        List<Exclude.Excluded> splits =
                view.readable.next(view.leases, id -> view.watch.row(id).isPresent());
        if (splits.isEmpty()) {
            return Optional.empty();
        }
        Exclude request = new Exclude(view.group, view.me, splits);
        return LeaseStep.of(
                request,
                (written, sentAt, now) -> {
                    view.readable.written(request);
                    view.outdated();
                });
    }

    private Optional<LeaseStep<?>> own() {
        return view.writes
                .next()
                .flatMap(
                        write ->
                                LeaseStep.of(
                                        write.request(),
                                        (applied, sentAt, now) ->
                                                view.outdatedIf(write.written().test(applied))));
    }
}
