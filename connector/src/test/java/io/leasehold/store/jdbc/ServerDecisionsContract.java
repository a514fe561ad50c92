package io.leasehold.store.jdbc;

import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.StateLine;
import io.leasehold.lease.store.Decision;
import io.leasehold.lease.store.Decision.Decided;
import io.leasehold.lease.store.DecisionRequest.Decide;
import io.leasehold.lease.store.DecisionRequest.Decide.DecidedSplit;
import io.leasehold.lease.store.DecisionRequest.Decide.Then;
import io.leasehold.lease.store.DecisionRequest.ReadDecisions;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.OwnershipRequest.Acquire;
import io.leasehold.lease.store.OwnershipRequest.Record;
import io.leasehold.testkit.NetworkLine;
import io.leasehold.testkit.ScriptedMember;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import static io.leasehold.testkit.ScriptedMember.applied;
import static io.leasehold.testkit.ScriptedMember.position;
import static io.leasehold.testkit.ScriptedMember.recorded;
import static org.assertj.core.api.Assertions.assertThat;

/** What decisions cost at a database server, and that they stand in nobody's way there. */
abstract class ServerDecisionsContract extends ServerRequestsContract {

    private static final StateLine LINE = new StateLine("line");

    /** A position of a split that was decided, or that somebody was given with the split. */
    private record Seen(String splitId, long epoch, long checkpoint) {}

    private static Decide decide(
            ScriptedMember by, Incarnation of, long checkpoint, List<DecidedSplit> splits) {
        return new Decide(
                by.group(),
                by.self(),
                new DecidedCheckpoint(of, LINE, checkpoint),
                splits,
                Map.of("sink", new byte[1000]),
                Set.of(),
                0);
    }

    private static DecidedSplit at(Lease lease, long checkpoint, Then then) {
        return new DecidedSplit(
                lease.splitId(), lease.epoch(), position("" + checkpoint, checkpoint), then);
    }

    private static List<Seen> taken(LeaseOutcome<List<Acquire.Taken>> outcome) {
        return outcome instanceof Applied<List<Acquire.Taken>> done
                ? done.answer().stream()
                        .map(
                                it ->
                                        new Seen(
                                                it.lease().splitId(),
                                                it.lease().epoch(),
                                                it.progress().checkpointId()))
                        .toList()
                : List.of();
    }

    private static LeaseOutcome<List<Acquire.Taken>> acquireSome(
            ScriptedMember by, Random random, ConcurrentLinkedQueue<Seen> given) {
        LeaseOutcome<List<Acquire.Taken>> outcome =
                by.acquire(
                        InAnyOrder.some(List.copyOf(by.leases().values()), random)
                                .toArray(Lease[]::new));
        given.addAll(taken(outcome));
        return outcome;
    }

    /**
     * One member decides while it is closed, replaced and decided for late, and another acquires
     * its splits. For a minute: {@code -Dlock.order.seconds=60}.
     */
    @Test
    void decisionsAgainstAcquisitionsNeverDeadlockAndOneOfThemHasTheRecords() throws Exception {
        Duration duration = Duration.ofSeconds(Integer.getInteger("lock.order.seconds", 5));
        ScriptedMember first = member("a", LONG);
        applied(
                first.discover(
                        IntStream.range(0, 40).mapToObj(i -> "s" + i).toArray(String[]::new)));
        ScriptedMember b = member("b", LONG);
        ScriptedMember closer = b.through(store(withTables(database), LONG));
        ScriptedMember stale = first.through(store(withTables(database), LONG)).reborn("stale");
        ConcurrentLinkedQueue<Seen> given = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<Seen> decided = new ConcurrentLinkedQueue<>();
        AtomicInteger late = new AtomicInteger();
        AtomicInteger rejected = new AtomicInteger();
        Lives lives = new Lives(first, given, decided, late, rejected);
        long before = number(countOfDeadlocks());

        InAnyOrder rounds = new InAnyOrder(duration);
        rounds.run(
                lives::round,
                random -> acquireSome(b, random, given),
                random ->
                        random.nextInt(5) == 0
                                ? closer.close(lives.now(), Optional.empty())
                                : closer.send(new ReadDecisions("g", "a")),
                // Without a right to: it locks the same leases, without the group's lock.
                random ->
                        stale.send(
                                new Record(
                                        "g",
                                        stale.self(),
                                        InAnyOrder.some(
                                                        List.copyOf(stale.leases().values()),
                                                        random)
                                                .stream()
                                                .map(it -> recorded(it, position("x", 1)))
                                                .toList())));

        assertThat(rounds.failures()).isEmpty();
        assertThat(number(countOfDeadlocks())).isEqualTo(before);
        assertThat(decided).isNotEmpty();
        assertThat(rejected).hasPositiveValue();
        for (Lease lease : b.leases().values()) {
            b.taking(lease.splitId());
        }
        assertEachStartsWhereTheLastDecisionBeforeItEnded(List.copyOf(given), decided);
    }

    private static void assertEachStartsWhereTheLastDecisionBeforeItEnded(
            List<Seen> given, ConcurrentLinkedQueue<Seen> decided) {
        assertThat(given).isNotEmpty();
        for (Seen start : given) {
            long last =
                    decided.stream()
                            .filter(it -> it.splitId().equals(start.splitId()))
                            .filter(it -> it.epoch() < start.epoch())
                            .mapToLong(Seen::checkpoint)
                            .max()
                            .orElse(0);
            assertThat(start.checkpoint()).as("%s", start).isEqualTo(last);
        }
    }

    /** The lives of one member, each of which begins with what the former one completed. */
    private static final class Lives {
        private final ConcurrentLinkedQueue<Seen> given;
        private final ConcurrentLinkedQueue<Seen> decided;
        private final AtomicInteger late;
        private final AtomicInteger rejected;
        private volatile ScriptedMember now;
        private long checkpoint;

        Lives(
                ScriptedMember first,
                ConcurrentLinkedQueue<Seen> given,
                ConcurrentLinkedQueue<Seen> decided,
                AtomicInteger late,
                AtomicInteger rejected) {
            this.now = first;
            this.given = given;
            this.decided = decided;
            this.late = late;
            this.rejected = rejected;
        }

        ScriptedMember now() {
            return now;
        }

        LeaseOutcome<?> round(Random random) {
            List<Lease> own =
                    now.leases().values().stream().filter(it -> it.ownedBy(now.self())).toList();
            checkpoint++;
            Decide decide = decide(now, now.self(), checkpoint, splits(own, random));
            LeaseOutcome<Decision> outcome = now.send(decide);
            if (outcome instanceof Applied<Decision> done) {
                note(decide, done.answer());
                return random.nextBoolean() ? outcome : acquireSome(now, random, given);
            }
            if (outcome instanceof LeaseOutcome.Refused) {
                return nextLife(decide, random);
            }
            return outcome;
        }

        private LeaseOutcome<?> nextLife(Decide undecided, Random random) {
            now = now.reborn("a-of-" + checkpoint).joined();
            Decide again =
                    decide(
                            now,
                            undecided.checkpoint().incarnation(),
                            checkpoint,
                            undecided.splits());
            LeaseOutcome<Decision> outcome = now.send(again);
            if (outcome instanceof Applied<Decision> done) {
                late.addAndGet(done.answer() instanceof Decided ? 1 : 0);
                note(again, done.answer());
            }
            return acquireSome(now, random, given);
        }

        private List<DecidedSplit> splits(List<Lease> own, Random random) {
            List<Lease> some = own.size() < 2 ? own : InAnyOrder.some(own, random);
            return some.stream()
                    .map(
                            it ->
                                    at(
                                            it,
                                            checkpoint,
                                            random.nextInt(20) == 0 ? Then.RELEASED : Then.OWNED))
                    .toList();
        }

        private void note(Decide decide, Decision decision) {
            if (decision instanceof Decided) {
                decide.splits()
                        .forEach(it -> decided.add(new Seen(it.splitId(), it.epoch(), checkpoint)));
            } else {
                rejected.incrementAndGet();
            }
        }
    }

    @Test
    void aDecisionOfManySplitsIsAsManyRoundTripsAsOfOne() throws Exception {
        NetworkLine line = closing(new NetworkLine(port()));
        ScriptedMember a = member("a", store(through(line), LONG));
        applied(a.discover(IntStream.range(0, 1000).mapToObj(i -> "s" + i).toArray(String[]::new)));
        List<Lease> own = new ArrayList<>();
        applied(a.acquire(a.leases().values().toArray(Lease[]::new)))
                .forEach(taken -> own.add(taken.lease()));
        Decide few = decide(a, a.self(), 1, List.of(at(own.get(0), 1, Then.OWNED)));
        Decide many =
                decide(a, a.self(), 2, own.stream().map(it -> at(it, 2, Then.OWNED)).toList());

        int ofOne = roundTrips(line, () -> applied(a.send(few)));
        int ofMany = roundTrips(line, () -> applied(a.send(many)));

        assertThat(ofMany).isEqualTo(ofOne);
        assertThat(ofOne).isLessThanOrEqualTo(10);
    }

    /** Of the bytes that take the most room where they are sent as text. */
    @Test
    void theMostBytesOfOutputFit() throws Exception {
        ScriptedMember a = member("a", LONG);
        byte[] zeros = new byte[DecidedOutput.MOST_BYTES];
        byte[] quotes = new byte[zeros.length];
        Arrays.fill(quotes, (byte) '\'');

        for (byte[] bytes : List.of(zeros, quotes)) {
            long checkpoint = bytes == zeros ? 1 : 2;
            Decide decide =
                    new Decide(
                            "g",
                            a.self(),
                            new DecidedCheckpoint(a.self(), LINE, checkpoint),
                            List.of(),
                            Map.of("sink", bytes),
                            Set.of(),
                            0);
            assertThat(applied(a.send(decide))).isEqualTo(new Decided());
        }

        assertThat(applied(a.send(new ReadDecisions("g", "a"))).output())
                .extracting(output -> output.bytes())
                .containsExactly(zeros, quotes);
    }
}
