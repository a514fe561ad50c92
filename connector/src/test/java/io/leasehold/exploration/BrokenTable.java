package io.leasehold.exploration;

import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.LeaseChanges;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.LeaseOutcome.Refused;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseRequest.Acquire;
import io.leasehold.lease.store.LeaseRequest.Beat;
import io.leasehold.lease.store.LeaseRequest.Close;
import io.leasehold.lease.store.LeaseRequest.Open;
import io.leasehold.lease.store.LeaseRequest.Read;
import io.leasehold.lease.store.LeaseRequest.Release;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.testkit.RelayingStore;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Tables that ignore one condition each, by asking for what they would not have been asked. */
class BrokenTable extends RelayingStore {

    private final LeaseStore store;

    BrokenTable(LeaseStore store) {
        this.store = store;
    }

    @Override
    protected <A> LeaseOutcome<A> relay(LeaseRequest<A> request) {
        return request.sendTo(store);
    }

    @Override
    public void close() {
        store.close();
    }

    private Optional<Lease> lease(String splitId) {
        LeaseOutcome<LeaseChanges> all = store.read(new Read(Table.GROUP, 0));
        List<Lease> leases =
                all instanceof Applied<LeaseChanges> done ? done.answer().leases() : List.of();
        return leases.stream().filter(lease -> lease.splitId().equals(splitId)).findFirst();
    }

    private Membership members() {
        return store.open(new Open(Table.GROUP))
                .match(
                        membership -> membership,
                        refused -> new Membership(0, List.of()),
                        unknown -> new Membership(0, List.of()));
    }

    /** A lease is taken whatever became of it since it was read. */
    static LeaseStore acquiresWhateverTheVersion(LeaseStore table) {
        return new BrokenTable(table) {
            @Override
            public LeaseOutcome<List<Acquire.Taken>> acquire(Acquire acquire) {
                List<Acquire.Wanted> now = acquire.splits().stream().map(super::asItIsNow).toList();
                return super.acquire(new Acquire(acquire.group(), acquire.by(), now));
            }
        };
    }

    private Acquire.Wanted asItIsNow(Acquire.Wanted wanted) {
        return new Acquire.Wanted(
                wanted.splitId(),
                lease(wanted.splitId()).map(Lease::version).orElse(0L),
                wanted.tenure());
    }

    /** A split is released whoever has it, in whatever epoch. */
    static LeaseStore releasesWhoeverOwns(LeaseStore table) {
        return new BrokenTable(table) {
            @Override
            public LeaseOutcome<Set<String>> release(Release release) {
                for (Release.Released split : release.splits()) {
                    super.lease(split.splitId())
                            .filter(lease -> lease.owner().isPresent())
                            .map(lease -> asOwner(lease, split))
                            .ifPresent(super::release);
                }
                return new Applied<>(Set.of());
            }
        };
    }

    private static Release asOwner(Lease lease, Release.Released split) {
        return new Release(
                Table.GROUP,
                lease.owner().orElseThrow(),
                List.of(new Release.Released(split.splitId(), lease.epoch(), split.progress())));
    }

    /** A member that is taken for dead is closed, whether it has beaten since or not. */
    static LeaseStore closesWhateverTheBeat(LeaseStore table) {
        return new BrokenTable(table) {
            @Override
            public LeaseOutcome<Membership> close(Close close) {
                return super.close(
                        new Close(
                                close.group(), close.closed(), Optional.empty(), close.emitsFor()));
            }
        };
    }

    /** Nobody is closed but by himself. */
    static LeaseStore closesNobodyElse(LeaseStore table) {
        return new BrokenTable(table) {
            @Override
            public LeaseOutcome<Membership> close(Close close) {
                return close.beat().isPresent()
                        ? new Applied<>(super.members())
                        : super.close(close);
            }
        };
    }

    /** Who was closed by others may go on. */
    static LeaseStore answersTheClosed(LeaseStore table) {
        return new BrokenTable(table) {
            @Override
            public LeaseOutcome<Membership> beat(Beat beat) {
                LeaseOutcome<Membership> outcome = super.beat(beat);
                return outcome instanceof Refused ? new Applied<>(super.members()) : outcome;
            }
        };
    }

    /** A member that closes itself does not say that its readers may still emit. */
    static LeaseStore forgetsReadersOfTheClosed(LeaseStore table) {
        return new BrokenTable(table) {
            @Override
            public LeaseOutcome<Membership> close(Close close) {
                return super.close(
                        new Close(close.group(), close.closed(), close.beat(), Duration.ZERO));
            }
        };
    }
}
