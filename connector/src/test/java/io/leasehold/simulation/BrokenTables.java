package io.leasehold.simulation;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.LeaseChanges;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.LeaseOutcome.Refused;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseRequest.Acquire;
import io.leasehold.lease.store.LeaseRequest.Beat;
import io.leasehold.lease.store.LeaseRequest.Close;
import io.leasehold.lease.store.LeaseRequest.Declare;
import io.leasehold.lease.store.LeaseRequest.Discover;
import io.leasehold.lease.store.LeaseRequest.Join;
import io.leasehold.lease.store.LeaseRequest.Open;
import io.leasehold.lease.store.LeaseRequest.Rate;
import io.leasehold.lease.store.LeaseRequest.Read;
import io.leasehold.lease.store.LeaseRequest.Record;
import io.leasehold.lease.store.LeaseRequest.Recorded;
import io.leasehold.lease.store.LeaseRequest.Release;
import io.leasehold.lease.store.LeaseRequest.Withdraw;
import io.leasehold.lease.store.LeaseStore;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Tables that ignore one condition each, by asking for what they would not have been asked. */
final class BrokenTables {

    private BrokenTables() {}

    private static class Broken extends ForwardingStore {
        Broken(LeaseStore store) {
            super(store);
        }

        Optional<Lease> lease(String splitId) {
            LeaseOutcome<LeaseChanges> all = store.read(new Read(World.GROUP, 0));
            List<Lease> leases =
                    all instanceof Applied<LeaseChanges> done ? done.answer().leases() : List.of();
            return leases.stream().filter(lease -> lease.splitId().equals(splitId)).findFirst();
        }

        Membership members() {
            return store.open(new Open(World.GROUP))
                    .match(
                            membership -> membership,
                            refused -> new Membership(0, List.of()),
                            unknown -> new Membership(0, List.of()));
        }

        /** The same, as its present owner would write it. */
        Optional<Recorded> asOwner(Recorded split) {
            return lease(split.splitId())
                    .filter(lease -> lease.owner().isPresent())
                    .map(lease -> new Recorded(split.splitId(), lease.epoch(), split.progress()));
        }

        Incarnation owner(String splitId) {
            return lease(splitId).orElseThrow().owner().orElseThrow();
        }
    }

    /** Join replaces whatever row there is. */
    static LeaseStore joinsUnconditionally(LeaseStore table) {
        return new Broken(table) {
            @Override
            public LeaseOutcome<Membership> join(Join join) {
                return store.join(
                        new Join(
                                join.group(), join.member(), members().member(join.member().id())));
            }
        };
    }

    /** What is said to be excluded is answered as if nobody were. */
    static LeaseStore hidesExclusions(LeaseStore table) {
        return new Broken(table) {
            @Override
            public LeaseOutcome<LeaseChanges> read(Read read) {
                return store.read(read)
                        .match(
                                all ->
                                        new Applied<>(
                                                new LeaseChanges(
                                                        all.changeNumber(),
                                                        all.leases().stream()
                                                                .map(lease -> readable(lease))
                                                                .toList(),
                                                        all.unreadable())),
                                Refused::new,
                                LeaseOutcome.Unknown::new);
            }

            private Lease readable(Lease lease) {
                return new Lease(
                        lease.splitId(),
                        lease.owner(),
                        lease.epoch(),
                        lease.tenure(),
                        lease.claim(),
                        lease.finished(),
                        lease.parents(),
                        lease.rate(),
                        lease.version());
            }
        };
    }

    /** Who closes holds nothing for its next incarnation. */
    static LeaseStore closesWithoutHold(LeaseStore table) {
        return new Broken(table) {
            @Override
            public LeaseOutcome<Membership> close(Close close) {
                return store.close(
                        new Close(close.group(), close.closed(), close.beat(), close.emitsFor()));
            }
        };
    }

    /** What members say that they cannot read is not written. */
    static LeaseStore excludesNobody(LeaseStore table) {
        return new Broken(table) {
            @Override
            public LeaseOutcome<Set<String>> exclude(LeaseRequest.Exclude exclude) {
                return new Applied<>(Set.of());
            }
        };
    }

    /** A renewal of an incarnation that is over is answered as any other. */
    static LeaseStore acceptsRenewalsOfTheClosed(LeaseStore table) {
        return new Broken(table) {
            @Override
            public LeaseOutcome<Membership> beat(Beat beat) {
                LeaseOutcome<Membership> outcome = super.beat(beat);
                return outcome instanceof Refused ? new Applied<>(members()) : outcome;
            }
        };
    }

    /** A member is closed though it has renewed since. */
    static LeaseStore closesWhateverTheBeat(LeaseStore table) {
        return new Broken(table) {
            @Override
            public LeaseOutcome<Membership> close(Close close) {
                Optional<Long> beat =
                        members().member(close.closed().memberId()).map(row -> row.beat());
                return super.close(
                        new Close(
                                close.group(),
                                close.closed(),
                                close.beat().isPresent() ? beat : Optional.empty(),
                                close.emitsFor()));
            }
        };
    }

    /** Members are closed by themselves alone. */
    static LeaseStore closesNobodyElse(LeaseStore table) {
        return new Broken(table) {
            @Override
            public LeaseOutcome<Membership> close(Close close) {
                return close.beat().isPresent() ? new Applied<>(members()) : super.close(close);
            }
        };
    }

    /** A lease is taken whatever became of it since it was read. */
    static LeaseStore acquiresWhateverTheVersion(LeaseStore table) {
        return new Broken(table) {
            @Override
            public LeaseOutcome<List<Acquire.Taken>> acquire(Acquire acquire) {
                List<Acquire.Wanted> wanted = new ArrayList<>();
                for (Acquire.Wanted split : acquire.splits()) {
                    lease(split.splitId())
                            .ifPresent(
                                    lease ->
                                            wanted.add(
                                                    new Acquire.Wanted(
                                                            split.splitId(),
                                                            lease.version(),
                                                            split.tenure())));
                }
                return super.acquire(new Acquire(acquire.group(), acquire.by(), wanted));
            }
        };
    }

    /** Progress is recorded whoever sends it. */
    static LeaseStore recordsWhoeverOwns(LeaseStore table) {
        return new Broken(table) {
            @Override
            public LeaseOutcome<Set<String>> record(Record record) {
                Set<String> recorded = new TreeSet<>();
                for (Recorded split : record.splits()) {
                    asOwner(split)
                            .map(
                                    forged ->
                                            store.record(
                                                    new Record(
                                                            record.group(),
                                                            owner(split.splitId()),
                                                            List.of(forged))))
                            .ifPresent(outcome -> recorded.addAll(applied(outcome)));
                }
                return new Applied<>(recorded);
            }
        };
    }

    /** Progress of an older checkpoint replaces that of a newer one. */
    static LeaseStore recordsWhateverTheCheckpoint(LeaseStore table) {
        return new Broken(table) {
            @Override
            public LeaseOutcome<Set<String>> record(Record record) {
                List<Recorded> undated =
                        record.splits().stream()
                                .map(
                                        split ->
                                                new Recorded(
                                                        split.splitId(),
                                                        split.epoch(),
                                                        Positions.as(
                                                                Positions.of(split.progress()), 0)))
                                .toList();
                return super.record(new Record(record.group(), record.by(), undated));
            }
        };
    }

    /** A split is claimed whatever became of its lease since it was read. */
    static LeaseStore claimsWhateverTheVersion(LeaseStore table) {
        return new Broken(table) {
            @Override
            public LeaseOutcome<Set<String>> claim(LeaseRequest.Claim claim) {
                List<LeaseRequest.Claim.Claimed> now = new ArrayList<>();
                for (LeaseRequest.Claim.Claimed split : claim.splits()) {
                    lease(split.splitId())
                            .ifPresent(
                                    lease ->
                                            now.add(
                                                    new LeaseRequest.Claim.Claimed(
                                                            split.splitId(),
                                                            lease.version(),
                                                            split.kind())));
                }
                return super.claim(new LeaseRequest.Claim(claim.group(), claim.by(), now));
            }
        };
    }

    /** A claim is withdrawn whoever laid it. */
    static LeaseStore withdrawsWhoeverClaimed(LeaseStore table) {
        return new Broken(table) {
            @Override
            public LeaseOutcome<Set<String>> withdraw(Withdraw withdraw) {
                Set<String> withdrawn = new TreeSet<>();
                for (String splitId : withdraw.splitIds()) {
                    lease(splitId)
                            .flatMap(Lease::claim)
                            .flatMap(claim -> members().member(claim.claimant()))
                            .map(
                                    claimant ->
                                            store.withdraw(
                                                    new Withdraw(
                                                            withdraw.group(),
                                                            claimant.incarnation(),
                                                            List.of(splitId))))
                            .ifPresent(outcome -> withdrawn.addAll(applied(outcome)));
                }
                return new Applied<>(withdrawn);
            }
        };
    }

    /** A rate is written whoever measured it. */
    static LeaseStore ratesWhoeverOwns(LeaseStore table) {
        return new Broken(table) {
            @Override
            public LeaseOutcome<Set<String>> rate(Rate rate) {
                Set<String> rated = new TreeSet<>();
                for (Rate.Rated split : rate.splits()) {
                    lease(split.splitId())
                            .filter(lease -> lease.owner().isPresent())
                            .map(
                                    lease ->
                                            store.rate(
                                                    new Rate(
                                                            rate.group(),
                                                            lease.owner().get(),
                                                            List.of(
                                                                    new Rate.Rated(
                                                                            split.splitId(),
                                                                            lease.epoch(),
                                                                            split.perSecond())))))
                            .ifPresent(outcome -> rated.addAll(applied(outcome)));
                }
                return new Applied<>(rated);
            }
        };
    }

    /** What a member says is written whenever it arrives, whatever it owns by then. */
    static LeaseStore declaresWheneverItArrives(LeaseStore table) {
        return new Broken(table) {
            @Override
            public LeaseOutcome<Membership> declare(Declare declare) {
                return members()
                        .member(declare.by().memberId())
                        .filter(row -> row.incarnation().equals(declare.by()))
                        .map(
                                row ->
                                        store.join(
                                                new Join(
                                                        declare.group(),
                                                        row.in(declare.state(), declare.notice()),
                                                        Optional.of(row))))
                        .orElseGet(() -> super.declare(declare));
            }
        };
    }

    /** Who joins is not told what its last incarnation was told. */
    static LeaseStore forgetsOrdersAtJoin(LeaseStore table) {
        return new Broken(table) {
            @Override
            public LeaseOutcome<Membership> join(Join join) {
                return super.join(
                        new Join(join.group(), join.member().with(Orders.NONE), join.replaced()));
            }
        };
    }

    /** A split is released whoever says so. */
    static LeaseStore releasesWhoeverOwns(LeaseStore table) {
        return new Broken(table) {
            @Override
            public LeaseOutcome<Set<String>> release(Release release) {
                Set<String> released = new TreeSet<>();
                for (Release.Released split : release.splits()) {
                    lease(split.splitId())
                            .filter(lease -> lease.owner().isPresent())
                            .map(
                                    lease ->
                                            store.release(
                                                    new Release(
                                                            release.group(),
                                                            lease.owner().get(),
                                                            List.of(
                                                                    new Release.Released(
                                                                            split.splitId(),
                                                                            lease.epoch(),
                                                                            split.progress())))))
                            .ifPresent(outcome -> released.addAll(applied(outcome)));
                }
                return new Applied<>(released);
            }
        };
    }

    /** The last to discover a split says where it starts. */
    static LeaseStore discoversOverWhatThereIs(LeaseStore table) {
        return new Broken(table) {
            private final Map<String, Progress> overwritten = new HashMap<>();

            @Override
            public LeaseOutcome<Set<String>> discover(Discover discover) {
                discover.splits().forEach(split -> overwritten.put(split.splitId(), split.start()));
                return super.discover(discover);
            }

            @Override
            public LeaseOutcome<Set<String>> record(Record record) {
                LeaseOutcome<Set<String>> outcome = super.record(record);
                overwritten.keySet().removeAll(applied(outcome));
                return outcome;
            }

            @Override
            public LeaseOutcome<List<Acquire.Taken>> acquire(Acquire acquire) {
                return super.acquire(acquire)
                        .match(
                                taken ->
                                        new Applied<>(
                                                taken.stream().map(this::asOverwritten).toList()),
                                Refused::new,
                                LeaseOutcome.Unknown::new);
            }

            private Acquire.Taken asOverwritten(Acquire.Taken taken) {
                return new Acquire.Taken(
                        taken.lease(),
                        overwritten.getOrDefault(taken.lease().splitId(), taken.progress()));
            }
        };
    }

    private static Set<String> applied(LeaseOutcome<Set<String>> outcome) {
        return outcome.match(done -> done, refused -> Set.of(), unknown -> Set.of());
    }
}
