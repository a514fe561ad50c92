package io.leasehold.lease.member;

import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.model.RestoreRule;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.MembershipRequest;
import io.leasehold.lease.store.OperatorRequest;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.lease.store.OwnershipRequest.Recorded;
import io.leasehold.lease.store.SplitRequest;
import io.leasehold.lease.store.SplitRequest.Discover.NewSplit;
import io.leasehold.store.memory.MemoryLeaseTable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * Members with their real keepers over one store, on time that passes only when told. After every
 * step it is checked that no split may be emitted by two of them (S1).
 */
public final class VirtualGroup {

    public static final LeaseTerms TERMS = LeaseTerms.of(Duration.ofSeconds(10));
    public static final Duration TICK = TERMS.renewInterval();

    /** How the way to the store is. */
    enum Way {
        UP,
        /** Requests do not arrive. */
        LOSES_REQUESTS,
        /** Requests are carried out, answers do not arrive. */
        LOSES_ANSWERS
    }

    private static final String GROUP = "orders";
    private static final Duration ROUND_TRIP = Duration.ofMillis(2);
    private static final LeaseStoreException NO_ANSWER =
            new LeaseStoreException("No answer.", LeaseStoreException.Kind.UNREACHABLE, null);

    private final MemoryLeaseTable table = new MemoryLeaseTable(this::now);
    private final List<VirtualMember> members = new ArrayList<>();
    private long now;

    /**
     * @param origin what the clock shows at the start; it means nothing (T7)
     */
    public VirtualGroup(long origin) {
        this.now = origin;
    }

    /** What the state of a job says that was granted this lease. */
    static RestoredPosition asGranted(Lease lease) {
        return new RestoredPosition(lease.tenure(), lease.epoch(), RestoreRule.AUTO);
    }

    public static List<NewSplit> splits(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new NewSplit("s%03d".formatted(i), Set.of(), at(0, 0)))
                .toList();
    }

    public static Progress at(long position, long checkpointId) {
        return new Progress(new byte[] {(byte) position}, 1, "position " + position, checkpointId);
    }

    /** A member that finds these splits; it takes part from the next {@link #run} on. */
    public VirtualMember member(String memberId, List<NewSplit> splits) {
        return member(memberId, splits, TERMS, 1);
    }

    public VirtualMember member(
            String memberId, List<NewSplit> splits, LeaseTerms terms, int weight) {
        return member(memberId, splits, terms, Share.of(weight));
    }

    VirtualMember member(String memberId, List<NewSplit> splits, LeaseTerms terms, Share share) {
        VirtualMember member = new VirtualMember(memberId, terms, share);
        member.keeper.stateIsKnown();
        member.keeper.splits().discovered(splits);
        members.add(member);
        return member;
    }

    /** A member whose source tells what it finds: these. */
    VirtualMember finding(String memberId, List<NewSplit> splits) {
        VirtualMember member = new VirtualMember(memberId, TERMS, Share.of(1));
        member.keeper.splits().sourceTells(Optional.of(Set.of()));
        member.keeper.stateIsKnown();
        member.keeper.splits().discovered(splits);
        members.add(member);
        return member;
    }

    /** A member whose state says that its source found these; or does not say, if null. */
    VirtualMember restarted(String memberId, Set<String> found) {
        VirtualMember member = new VirtualMember(memberId, TERMS, Share.of(1));
        member.keeper.splits().sourceTells(Optional.ofNullable(found));
        member.keeper.stateIsKnown();
        members.add(member);
        return member;
    }

    /** A member whose readers are not there yet; it {@link LeaseKeeper#stateIsKnown} later. */
    VirtualMember starting(String memberId, List<NewSplit> splits, LeaseTerms terms) {
        VirtualMember member = new VirtualMember(memberId, terms, Share.of(1));
        member.keeper.splits().discovered(splits);
        members.add(member);
        return member;
    }

    /** A member whose job's state holds these splits, as of these leases. */
    public VirtualMember restored(String memberId, Map<String, Lease> granted, LeaseTerms terms) {
        VirtualMember member = new VirtualMember(memberId, terms, Share.of(1));
        granted.forEach(
                (splitId, lease) -> member.keeper.splits().restored(splitId, asGranted(lease)));
        member.keeper.stateIsKnown();
        members.add(member);
        return member;
    }

    public void run(Duration time) {
        long end = now + time.toNanos();
        while (true) {
            Optional<VirtualMember> next = earliest(end);
            if (next.isEmpty()) {
                now = end;
                return;
            }
            now = next.get().wakeAt();
            next.get().step();
            assertExclusive();
        }
    }

    /** A session on the store that they share. */
    public LeaseStore store() {
        return table.open();
    }

    /** The table as it is now. */
    MemoryLeaseTable.Copy copy() {
        return table.copy();
    }

    /** All that was done since is lost. */
    void goBackTo(MemoryLeaseTable.Copy copy) {
        table.goBackTo(copy);
    }

    /** What the clock shows. */
    public long now() {
        return now;
    }

    /** Runs until something is so, and says how long that took. */
    public Duration until(Duration atMost, java.util.function.BooleanSupplier condition) {
        long start = now;
        while (!condition.getAsBoolean()) {
            assertThat(now - start).as("waited").isLessThan(atMost.toNanos());
            run(Duration.ofMillis(50));
        }
        return Duration.ofNanos(now - start);
    }

    public Map<String, Lease> leases() {
        Map<String, Lease> leases = new TreeMap<>();
        table.open()
                .ask(new SplitRequest.Read(GROUP, 0))
                .react(
                        read -> read.leases().forEach(lease -> leases.put(lease.splitId(), lease)),
                        refused -> fail(refused),
                        unknown -> fail(unknown));
        return leases;
    }

    private Optional<VirtualMember> earliest(long end) {
        return members.stream()
                .filter(member -> !member.frozen)
                .filter(member -> member.wakeAt() - end <= 0)
                .min((a, b) -> Long.compare(a.wakeAt() - now, b.wakeAt() - now));
    }

    private void assertExclusive() {
        Map<String, String> emitters = new TreeMap<>();
        for (VirtualMember member : members) {
            for (String splitId : member.mayEmit()) {
                String other = emitters.put(splitId, member.me.toString());
                assertThat(other).as("another emitter of " + splitId).isNull();
            }
        }
    }

    /** An operator tells a member something. */
    void order(String memberId, Orders orders) {
        table.open()
                .ask(new OperatorRequest.Order(GROUP, memberId, orders))
                .react(done -> {}, refused -> fail(refused), unknown -> fail(unknown));
    }

    /** An operator claims splits on a member's behalf. */
    void claim(VirtualMember member, Map<String, Claim.Kind> splits) {
        Map<String, Lease> now = leases();
        List<OwnershipRequest.Claim.Claimed> claimed =
                splits.entrySet().stream()
                        .map(
                                split ->
                                        new OwnershipRequest.Claim.Claimed(
                                                split.getKey(),
                                                now.get(split.getKey()).version(),
                                                split.getValue()))
                        .toList();
        table.open()
                .ask(new OwnershipRequest.Claim(GROUP, member.me, claimed))
                .react(
                        done -> assertThat(done).isEqualTo(splits.keySet()),
                        refused -> fail(refused),
                        unknown -> fail(unknown));
    }

    public Member row(String memberId) {
        return table.open()
                .ask(new MembershipRequest.Open(GROUP))
                .match(
                        done -> done.member(memberId).orElseThrow(),
                        refused -> fail(refused),
                        unknown -> fail(unknown));
    }

    /** A member as its enumerator would drive it, with readers that use each grant to its end. */
    public final class VirtualMember {

        final Incarnation me;
        final LeaseKeeper keeper;
        final List<LeaseEvent> events = new ArrayList<>();
        final Map<String, LeaseEvent.Acquired> granted = new TreeMap<>();
        Way way = Way.UP;
        boolean frozen;

        /** How many it has sent. */
        int requests;

        /** How many of these it got no answer to. */
        int unanswered;

        /** What it sees of the store. */
        UnaryOperator<LeaseStore> sees = UnaryOperator.identity();

        final List<LeaseRequest<?>> sent = new ArrayList<>();

        /**
         * How long until a checkpoint is complete that was begun after a claim; or there is none.
         */
        public Optional<Duration> checkpointsTake = Optional.of(Duration.ZERO);

        /** Whether its readers hear of nothing but of grants. */
        public boolean readersAreDeaf;

        /** When a split that was asked for stands still as of a complete checkpoint. */
        private final Map<String, Long> freezesAt = new TreeMap<>();

        private final Set<String> forced = new TreeSet<>();
        private boolean gone;
        private long emitsUntil = now;
        private long idleUntil = now;

        private VirtualMember(String memberId, LeaseTerms terms, Share share) {
            me = new Incarnation(memberId, memberId + "-" + members.size());
            keeper = new LeaseKeeper(GROUP, me, share, "a test", terms, now);
        }

        public LeaseKeeper keeper() {
            return keeper;
        }

        public Set<String> holds() {
            return granted.keySet();
        }

        /** Killed: nothing of it runs any more. */
        public void kill() {
            frozen = true;
            gone = true;
        }

        /** Frozen as a stopped process is: it knows nothing of the time that passes. */
        public void freeze() {
            frozen = true;
        }

        public void thaw() {
            frozen = false;
        }

        /** Closed as Flink closes an enumerator; its readers use their grants to the end. */
        public void close() {
            Duration granted = Duration.ofNanos(Math.max(0, emitsUntil - now));
            keeper.close(granted, now).forEach(last -> table.open().ask(last));
            frozen = true;
        }

        void records(String splitId, long position, long checkpointId) {
            keeper.splits()
                    .progressed(
                            List.of(
                                    new Recorded(
                                            splitId,
                                            granted.get(splitId).lease().epoch(),
                                            at(position, checkpointId))));
        }

        /** It stands still as of a checkpoint that is complete. */
        void freezes(String splitId) {
            freezesAt.put(splitId, now);
            freeze(now);
            // Whoever is told something is asked what is to be sent.
            idleUntil = now;
        }

        /** Its output, for its job to tell: it is asked then what is to be sent. */
        MemberOutput output() {
            idleUntil = now;
            return keeper.output();
        }

        /** Its reader failed; its state has the position of the last checkpoint. */
        void restores(String splitId) {
            keeper.splits().restored(splitId, asGranted(granted.remove(splitId).lease()));
            freezesAt.remove(splitId);
        }

        void finishes(String splitId) {
            keeper.splits()
                    .finished(
                            List.of(
                                    new Recorded(
                                            splitId,
                                            granted.get(splitId).lease().epoch(),
                                            at(99, 99))));
        }

        public <E extends LeaseEvent> List<E> events(Class<E> type) {
            return events.stream().filter(type::isInstance).map(type::cast).toList();
        }

        private Set<String> mayEmit() {
            Set<String> emitted = new TreeSet<>(granted.keySet());
            if (!readersAreDeaf) {
                emitted.removeAll(forced);
            }
            return !gone && emitsUntil - now > 0 ? emitted : Set.of();
        }

        private void claimed(LeaseEvent.Claimed claimed) {
            switch (claimed.claim().kind()) {
                case ASK ->
                        checkpointsTake.ifPresent(
                                time -> freezesAt.put(claimed.splitId(), now + time.toNanos()));
                case FORCE -> {
                    freezesAt.remove(claimed.splitId());
                    forced.add(claimed.splitId());
                }
            }
        }

        private long wakeAt() {
            return freezesAt.values().stream().reduce(idleUntil, (a, b) -> a - b < 0 ? a : b);
        }

        private void step() {
            freeze(now);
            Optional<LeaseStep<?>> step = keeper.next(now);
            if (step.isPresent()) {
                long sentAt = now;
                LeaseStep.Answer<?> answer = send(step.get());
                long answeredAt = now + ROUND_TRIP.toNanos();
                keeper.answered(answer, sentAt, answeredAt).forEach(this::learn);
                idleUntil = answeredAt;
            } else {
                idleUntil = Math.max(keeper.wakeAt(now) - now, 1) + now;
            }
            long grant = readersAreDeaf && !forced.isEmpty() ? 0 : keeper.extendFor(now).toNanos();
            if (now + grant - emitsUntil > 0) {
                emitsUntil = now + grant;
            }
        }

        private void freeze(long now) {
            List<OwnershipRequest.Release.Released> still = new ArrayList<>();
            freezesAt
                    .entrySet()
                    .removeIf(
                            due -> {
                                boolean frozen = due.getValue() - now <= 0;
                                if (frozen) {
                                    still.add(
                                            new OwnershipRequest.Release.Released(
                                                    due.getKey(),
                                                    granted.remove(due.getKey()).lease().epoch(),
                                                    Optional.of(at(7, 7))));
                                }
                                return frozen;
                            });
            keeper.splits().frozen(still);
        }

        private <A> LeaseStep.Answer<A> send(LeaseStep<A> step) {
            requests++;
            unanswered += way == Way.UP ? 0 : 1;
            sent.add(step.request());
            return switch (way) {
                case UP -> step.sendTo(sees.apply(table.open()));
                case LOSES_REQUESTS -> step.answeredBy(new LeaseOutcome.Unknown<>(NO_ANSWER));
                case LOSES_ANSWERS -> {
                    step.sendTo(table.open());
                    yield step.answeredBy(new LeaseOutcome.Unknown<>(NO_ANSWER));
                }
            };
        }

        private void learn(LeaseEvent event) {
            events.add(event);
            if (event instanceof LeaseEvent.Acquired acquired) {
                granted.put(acquired.lease().splitId(), acquired);
            } else if (event instanceof LeaseEvent.Lost lost) {
                granted.remove(lost.splitId());
                freezesAt.remove(lost.splitId());
            } else if (event instanceof LeaseEvent.Finished finished) {
                granted.remove(finished.splitId());
                freezesAt.remove(finished.splitId());
            } else if (event instanceof LeaseEvent.Claimed claimed) {
                claimed(claimed);
            } else if (event instanceof LeaseEvent.ClaimOver over) {
                freezesAt.remove(over.splitId());
                forced.remove(over.splitId());
            } else if (event instanceof LeaseEvent.Dropped gone) {
                granted.remove(gone.splitId());
                freezesAt.remove(gone.splitId());
                forced.remove(gone.splitId());
            } else if (event instanceof LeaseEvent.ClosedByOthers
                    || event instanceof LeaseEvent.TableWentBack) {
                granted.clear();
                emitsUntil = now;
                frozen = true;
            }
        }
    }
}
