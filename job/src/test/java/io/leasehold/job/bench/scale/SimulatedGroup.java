package io.leasehold.job.bench.scale;

import io.leasehold.lease.member.LeaseEvent;
import io.leasehold.lease.member.LeaseKeeper;
import io.leasehold.lease.member.LeaseStep;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.MembershipRequest.Beat;
import io.leasehold.lease.store.OwnershipRequest.Release.Released;
import io.leasehold.lease.store.SplitRequest.Discover.NewSplit;
import io.leasehold.store.memory.MemoryLeaseTable;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Members, each with a real keeper, over one table in memory, on virtual time. A split that is
 * claimed stands still in a complete checkpoint at the next step of its owner.
 */
final class SimulatedGroup {

    static final LeaseTerms TERMS = LeaseTerms.of(Duration.ofSeconds(10));
    static final String GROUP = "orders";

    private static final Duration ROUND_TRIP = Duration.ofMillis(2);
    static final Progress START = new Progress(new byte[] {0}, 1, "start", 0);

    private final MemoryLeaseTable table = new MemoryLeaseTable();
    private final LeaseStore store = table.open();
    private final PriorityQueue<SimulatedMember> members =
            new PriorityQueue<>(Comparator.comparingLong((SimulatedMember next) -> next.wakeAt));
    private long now;

    /** When something else than a renewal was last answered. */
    private long lastWork;

    /** What members without a keeper do at each tick. */
    private final Runnable others;

    SimulatedGroup() {
        this(() -> {});
    }

    SimulatedGroup(Runnable others) {
        this.others = others;
    }

    static List<NewSplit> splits(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new NewSplit("orders-%07d".formatted(i), Set.of(), START))
                .toList();
    }

    LeaseStore store() {
        return store;
    }

    /**
     * @param startsAfter from now on
     */
    SimulatedMember member(String id, List<NewSplit> found, Duration startsAfter) {
        SimulatedMember member = new SimulatedMember(id, now + startsAfter.toNanos());
        member.keeper.splits().discovered(found);
        member.keeper.stateIsKnown();
        members.add(member);
        return member;
    }

    /** How many more splits the member has that has most than the one that has fewest. */
    int unevenness() {
        IntSummaryStatistics held =
                members.stream().mapToInt(member -> member.held.size()).summaryStatistics();
        return held.getMax() - held.getMin();
    }

    /**
     * Lets time pass until there was nothing to do but to renew for two ticks.
     *
     * @return after how many ticks there was nothing more to do
     */
    double ticksUntilQuiet() {
        long tick = TERMS.renewInterval().toNanos();
        long start = now;
        lastWork = now;
        long nextTick = now;
        while (members.peek().wakeAt - lastWork < 2 * tick) {
            if (now - start > 1_000 * tick) {
                throw new AssertionError("The group does not come to rest.");
            }
            SimulatedMember next = members.poll();
            now = next.wakeAt;
            if (now >= nextTick) {
                nextTick += tick;
                others.run();
            }
            next.step();
            members.add(next);
        }
        return (double) (lastWork - start) / tick;
    }

    final class SimulatedMember {

        private final LeaseKeeper keeper;
        private final Map<String, Long> held = new HashMap<>();
        private long wakeAt;

        /** How long it thought before it said what it wants, the longest time: real nanoseconds. */
        private long longestThought;

        private SimulatedMember(String id, long startsAt) {
            this.keeper =
                    new LeaseKeeper(
                            GROUP,
                            new Incarnation(id, id + "-1"),
                            Share.of(1),
                            "a benchmark",
                            TERMS,
                            startsAt);
            this.wakeAt = startsAt;
        }

        int heldCount() {
            return held.size();
        }

        /** The longest time it took to say what is to be sent, since last asked: nanoseconds. */
        long takeLongestThought() {
            long longest = longestThought;
            longestThought = 0;
            return longest;
        }

        private void step() {
            long thinksSince = System.nanoTime();
            Optional<LeaseStep<?>> step = keeper.next(now);
            longestThought = Math.max(longestThought, System.nanoTime() - thinksSince);
            if (step.isEmpty()) {
                wakeAt = Math.max(keeper.wakeAt(now), now + 1);
                return;
            }
            LeaseStep.Answer<?> answer = step.get().sendTo(store);
            wakeAt = now + ROUND_TRIP.toNanos();
            if (!(step.get().request() instanceof Beat)) {
                lastWork = wakeAt;
            }
            keeper.answered(answer, now, wakeAt).forEach(this::learn);
        }

        private void learn(LeaseEvent event) {
            if (event instanceof LeaseEvent.Acquired acquired) {
                held.put(acquired.lease().splitId(), acquired.lease().epoch());
            } else if (event instanceof LeaseEvent.Claimed claimed) {
                long epoch = held.remove(claimed.splitId());
                keeper.splits()
                        .frozen(
                                List.of(
                                        new Released(
                                                claimed.splitId(), epoch, Optional.of(START))));
            } else if (event instanceof LeaseEvent.Lost
                    || event instanceof LeaseEvent.ClosedByOthers) {
                throw new AssertionError("Nothing can be lost here: " + event);
            }
        }
    }
}
