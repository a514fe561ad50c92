package io.leasehold.testkit;

import io.leasehold.lease.model.Claim.Kind;
import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Decisions;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.model.StateLine;
import io.leasehold.lease.store.Decision;
import io.leasehold.lease.store.Decision.Decided;
import io.leasehold.lease.store.Decision.Sealed;
import io.leasehold.lease.store.Decision.SplitsLost;
import io.leasehold.lease.store.DecisionRequest.Decide;
import io.leasehold.lease.store.DecisionRequest.Decide.DecidedSplit;
import io.leasehold.lease.store.DecisionRequest.Decide.Then;
import io.leasehold.lease.store.DecisionRequest.DropOutput;
import io.leasehold.lease.store.DecisionRequest.ReadDecisions;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.LeaseOutcome.Refused;
import io.leasehold.lease.store.LeaseOutcome.WentBack;
import io.leasehold.lease.store.MembershipRequest.ForgetMembers;
import io.leasehold.lease.store.OperatorRequest.ForgetGroup;
import io.leasehold.lease.store.OwnershipRequest.Acquire;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

import static io.leasehold.testkit.AtOnce.atOnce;
import static io.leasehold.testkit.ScriptedMember.applied;
import static io.leasehold.testkit.ScriptedMember.position;
import static org.assertj.core.api.Assertions.assertThat;

/** Which checkpoints are decided, by whom, and what of their output is kept until when. */
abstract class DecisionContract extends HistoryContract {

    private static final StateLine LINE = new StateLine("line");
    private static final String SINK = "orders";
    private static final int RACES = 30;

    private static DecidedCheckpoint checkpoint(ScriptedMember of, long id) {
        return new DecidedCheckpoint(of.self(), LINE, id);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static DecidedOutput.Key key(ScriptedMember of, long id) {
        return new DecidedOutput.Key(checkpoint(of, id), SINK);
    }

    private static DecidedOutput output(ScriptedMember of, long id, String text) {
        return new DecidedOutput(key(of, id), bytes(text));
    }

    private static DecidedSplit at(Lease lease, String text, long checkpoint) {
        return at(lease, text, checkpoint, Then.OWNED);
    }

    private static DecidedSplit at(Lease lease, String text, long checkpoint, Then then) {
        return new DecidedSplit(lease.splitId(), lease.epoch(), position(text, checkpoint), then);
    }

    /** A decision whose output says the same as its checkpoint. */
    private static Decide decide(ScriptedMember by, long checkpoint, DecidedSplit... splits) {
        return lateDecide(by, by, checkpoint, splits);
    }

    private static Decide lateDecide(
            ScriptedMember by, ScriptedMember of, long checkpoint, DecidedSplit... splits) {
        return new Decide(
                by.group(),
                by.self(),
                checkpoint(of, checkpoint),
                List.of(splits),
                Map.of(SINK, bytes("output " + checkpoint)),
                Set.of(),
                0);
    }

    private static Decide committed(Decide decide, DecidedOutput.Key... committed) {
        return new Decide(
                decide.group(),
                decide.by(),
                decide.checkpoint(),
                decide.splits(),
                decide.output(),
                Set.of(committed),
                0);
    }

    private static void decided(ScriptedMember by, Decide decide) {
        assertThat(applied(by.send(decide))).isEqualTo(new Decided());
    }

    private static Decisions decisions(ScriptedMember through, String memberId) {
        return applied(through.send(new ReadDecisions(through.group(), memberId)));
    }

    private static List<DecidedOutput.Key> outputKeys(ScriptedMember through, String memberId) {
        return decisions(through, memberId).output().stream().map(DecidedOutput::key).toList();
    }

    private Progress start() {
        return position("start", 0);
    }

    /** A member that owns these splits. */
    private ScriptedMember owning(String id, String... splits) {
        ScriptedMember member = joined(id);
        applied(member.discover(splits));
        for (String split : splits) {
            member.taking(split);
        }
        return member;
    }

    private static void closed(ScriptedMember by, ScriptedMember member) {
        applied(by.close(member, Optional.empty()));
    }

    // ---------------------------------------------------------------------------- in its own life

    @Test
    void aDecisionRecordsPositionsAndKeepsTheOutput() {
        ScriptedMember a = owning("a", "s", "t");
        Lease s = a.lease("s");
        Lease t = a.lease("t");
        long changes = a.changes();

        decided(a, decide(a, 5, at(s, "s5", 5), at(t, "t5", 5)));

        assertThat(decisions(a, "a"))
                .isEqualTo(
                        new Decisions(
                                Optional.of(checkpoint(a, 5)),
                                Optional.of("a-1"),
                                List.of(output(a, 5, "output 5")),
                                List.of()));
        assertThat(a.changes()).isEqualTo(changes);
        assertThat(a.leases()).isEqualTo(Map.of("s", s, "t", t));
        assertThat(a.progressOf("s")).isEqualTo(position("s5", 5));
        assertThat(a.progressOf("t")).isEqualTo(position("t5", 5));
    }

    @Test
    void nothingIsDecidedAtFirst() {
        ScriptedMember a = joined("a");

        assertThat(decisions(a, "a")).isEqualTo(Decisions.NONE);
        assertThat(decisions(a, "nobody")).isEqualTo(Decisions.NONE);
        assertThat(applied(a.close(a, Optional.empty())).decisions()).isEqualTo(Decisions.NONE);
    }

    @Test
    void decideAfterALostAnswerIsDecidedAndChangesNothing() {
        ScriptedMember a = owning("a", "s", "t");
        Decide decide =
                decide(a, 5, at(a.lease("s"), "s5", 5), at(a.lease("t"), "t5", 5, Then.RELEASED));
        lost(a, decide);
        long changes = a.changes();
        Map<String, Lease> leases = a.leases();

        decided(a, decide);

        assertThat(a.changes()).isEqualTo(changes);
        assertThat(a.leases()).isEqualTo(leases);
        assertThat(outputKeys(a, "a")).containsExactly(key(a, 5));
    }

    @Test
    void aRepetitionIsDecidedThoughTheMemberWasClosedSinceAndItsSplitsAreTaken() {
        ScriptedMember a = owning("a", "s");
        ScriptedMember b = joined("b");
        Decide decide = decide(a, 5, at(a.lease("s"), "s5", 5));
        lost(a, decide);
        closed(b, a);
        b.taking("s");

        decided(a, decide);
        assertThat(a.send(decide(a, 6))).isInstanceOf(Refused.class);
    }

    @Test
    void aRepetitionDoesNotBringOutputBackThatWasCommittedSince() {
        ScriptedMember a = owning("a", "s");
        Decide five = decide(a, 5, at(a.lease("s"), "s5", 5));
        decided(a, five);
        decided(a, committed(decide(a, 6, at(a.lease("s"), "s6", 6)), key(a, 5)));

        decided(a, five);

        assertThat(outputKeys(a, "a")).containsExactly(key(a, 6));
        assertThat(decisions(a, "a").last()).contains(checkpoint(a, 6));
        assertThat(a.progressOf("s")).isEqualTo(position("s6", 6));
    }

    @Test
    void aDecisionCoversTheCheckpointsBeforeIt() {
        ScriptedMember a = owning("a", "s");

        decided(a, decide(a, 7, at(a.lease("s"), "s7", 7)));

        decided(a, decide(a, 6, at(a.lease("s"), "s6", 6)));
        assertThat(decisions(a, "a").cover(checkpoint(a, 6))).isTrue();
        assertThat(outputKeys(a, "a")).containsExactly(key(a, 7));
        assertThat(a.progressOf("s")).isEqualTo(position("s7", 7));
    }

    @Test
    void outputStaysUntilItIsSaidToBeCommitted() {
        ScriptedMember a = owning("a", "s");
        for (int checkpoint = 1; checkpoint <= 3; checkpoint++) {
            decided(a, decide(a, checkpoint, at(a.lease("s"), "s", checkpoint)));
        }
        assertThat(outputKeys(a, "a")).containsExactly(key(a, 1), key(a, 2), key(a, 3));

        decided(a, committed(decide(a, 4), key(a, 1), key(a, 3), key(a, 77)));

        assertThat(outputKeys(a, "a")).containsExactly(key(a, 2), key(a, 4));
    }

    @Test
    void theOutputOfEachSinkIsKeptToTheByte() {
        ScriptedMember a = owning("a", "s");
        byte[] every = new byte[256];
        IntStream.range(0, 256).forEach(value -> every[value] = (byte) value);
        byte[] large = new byte[1_048_576 + 7];
        new Random(1).nextBytes(large);
        Map<String, byte[]> output =
                Map.of("every", every, "large", large, "empty", new byte[0], "\u65e5\u672c", every);

        decided(a, new Decide(group(), a.self(), checkpoint(a, 1), List.of(), output, Set.of(), 0));

        List<DecidedOutput> kept = decisions(a, "a").output();
        assertThat(kept).hasSize(4);
        assertThat(kept)
                .allSatisfy(
                        one -> assertThat(one.bytes()).isEqualTo(output.get(one.key().sinkId())));
    }

    @Test
    void aMemberWithoutOutputDecidesTheSame() {
        ScriptedMember a = owning("a", "s");

        decided(
                a,
                new Decide(
                        group(),
                        a.self(),
                        checkpoint(a, 1),
                        List.of(at(a.lease("s"), "s1", 1)),
                        Map.of(),
                        Set.of(),
                        0));

        assertThat(decisions(a, "a").last()).contains(checkpoint(a, 1));
        assertThat(decisions(a, "a").output()).isEmpty();
        assertThat(a.progressOf("s")).isEqualTo(position("s1", 1));
    }

    @Test
    void splitsAreReleasedAndFinishedWithTheDecision() {
        ScriptedMember a = owning("a", "kept", "released", "finished");
        ScriptedMember b = joined("b");
        b.claiming("released");
        b.claiming("finished");
        long changes = a.changes();
        Map<String, Lease> before = a.leases();

        decided(
                a,
                decide(
                        a,
                        5,
                        at(before.get("kept"), "k", 5),
                        at(before.get("released"), "r", 5, Then.RELEASED),
                        at(before.get("finished"), "f", 5, Then.FINISHED)));

        assertThat(a.changes()).isEqualTo(changes + 1);
        Map<String, Lease> after = a.leases();
        assertThat(after.get("kept")).isEqualTo(before.get("kept"));
        assertThat(after.get("released").owner()).isEmpty();
        assertThat(after.get("released").finished()).isFalse();
        assertThat(after.get("released").epoch()).isEqualTo(before.get("released").epoch());
        assertThat(after.get("released").claim()).isEqualTo(before.get("released").claim());
        assertThat(after.get("finished").owner()).isEmpty();
        assertThat(after.get("finished").finished()).isTrue();
        assertThat(after.get("finished").claim()).isEmpty();
        assertThat(after.get("released").version()).isEqualTo(after.get("finished").version());
        assertThat(b.progressOf("released")).isEqualTo(position("r", 5));
    }

    @Test
    void aDecisionThatReleasesIsReadAsAChange() {
        ScriptedMember a = owning("a", "s");
        long seen = a.open().changeNumber();

        decided(a, decide(a, 5, at(a.lease("s"), "s", 5, Then.RELEASED)));

        long after = a.open().changeNumber();
        assertThat(after).isGreaterThan(seen);
        assertThat(a.lease("s").version()).isEqualTo(after);
    }

    @Test
    void aPositionNeverMovesBackWithinAnEpoch() {
        ScriptedMember a = owning("a", "s");
        Lease lease = a.lease("s");
        applied(a.record(lease, position("ahead", 9)));

        decided(a, decide(a, 5, at(lease, "behind", 5)));

        assertThat(a.progressOf("s")).isEqualTo(position("ahead", 9));
    }

    @Test
    void aThousandSplitsAreDecidedAtOnce() {
        String[] splits =
                IntStream.range(0, 1000).mapToObj(i -> "topic-" + i).toArray(String[]::new);
        ScriptedMember a = joined("a");
        applied(a.discover(splits));
        List<Lease> leases =
                applied(a.acquire(a.leases().values().toArray(Lease[]::new))).stream()
                        .map(Acquire.Taken::lease)
                        .toList();
        DecidedSplit[] decided =
                leases.stream()
                        .map(it -> at(it, "x" + it.splitId(), 5, then(it)))
                        .toArray(DecidedSplit[]::new);

        decided(a, decide(a, 5, decided));

        assertThat(a.leases().values())
                .allMatch(lease -> lease.owner().isPresent() == (then(lease) == Then.OWNED));
        List<Acquire.Taken> next =
                applied(joined("b").acquire(a.leases().values().toArray(Lease[]::new)));
        assertThat(next)
                .hasSize(1000)
                .allSatisfy(
                        taken ->
                                assertThat(taken.progress())
                                        .isEqualTo(position("x" + taken.lease().splitId(), 5)));
    }

    private static Then then(Lease lease) {
        return lease.splitId().endsWith("7") ? Then.RELEASED : Then.OWNED;
    }

    // ------------------------------------------------------------------------------ what is lost

    @Test
    void oneLostSplitAmongManyChangesNothingAtAll() {
        String[] splits = IntStream.range(0, 50).mapToObj(i -> "s" + i).toArray(String[]::new);
        ScriptedMember a = owning("a", splits);
        decided(a, decide(a, 1));
        Map<String, Lease> held = a.leases();
        ScriptedMember b = joined("b");
        b.taking("s31");
        Decisions before = decisions(a, "a");
        Map<String, Lease> leases = a.leases();
        long changes = a.changes();
        DecidedSplit[] decided =
                held.values().stream()
                        .map(it -> at(it, "late", 5, then(it)))
                        .toArray(DecidedSplit[]::new);

        assertThat(applied(a.send(committed(decide(a, 5, decided), key(a, 1)))))
                .isEqualTo(new SplitsLost(Set.of("s31")));

        assertThat(decisions(a, "a")).isEqualTo(before);
        assertThat(a.leases()).isEqualTo(leases);
        assertThat(a.changes()).isEqualTo(changes);
        assertThat(applied(b.acquire(leases.values().toArray(Lease[]::new))))
                .hasSize(50)
                .allSatisfy(taken -> assertThat(taken.progress()).isEqualTo(start()));
    }

    @Test
    void aSplitInALaterEpochOrFreeOrUnknownIsLost() {
        ScriptedMember a = owning("a", "own", "again", "free");
        Map<String, Lease> read = a.leases();
        a.taking("again");
        applied(a.release(read.get("free"), Optional.empty()));

        assertThat(
                        applied(
                                a.send(
                                        decide(
                                                a,
                                                5,
                                                at(read.get("own"), "x", 5),
                                                at(read.get("again"), "x", 5),
                                                at(read.get("free"), "x", 5, Then.RELEASED),
                                                new DecidedSplit("none", 1, start())))))
                .isEqualTo(new SplitsLost(Set.of("again", "free", "none")));
        assertThat(decisions(a, "a").last()).isEmpty();
    }

    @Test
    void aClosedOrReplacedOrUnknownIncarnationDecidesNothing() {
        ScriptedMember stranger = member("nobody", "1");
        assertThat(stranger.send(decide(stranger, 1))).isInstanceOf(Refused.class);

        ScriptedMember a = owning("a", "s");
        ScriptedMember b = joined("b");
        Decide five = decide(a, 5, at(a.lease("s"), "s5", 5));
        closed(b, a);
        assertThat(a.send(five)).isInstanceOf(Refused.class);
        member("a", "a-2").joined();
        assertThat(a.send(five)).isInstanceOf(Refused.class);

        assertThat(decisions(b, "a").last()).isEmpty();
        assertThat(decisions(b, "a").output()).isEmpty();
        assertThat(b.progressOf("s")).isEqualTo(start());
    }

    // ------------------------------------------------------------------------- the late decision

    @Test
    void theNextIncarnationDecidesWhatItsFormerOneCompleted() {
        ScriptedMember a = owning("a", "s", "t");
        Map<String, Lease> read = a.leases();
        closed(a, a);
        ScriptedMember next = member("a", "a-2").joined();
        Decide late =
                lateDecide(
                        next,
                        a,
                        5,
                        at(read.get("s"), "s5", 5),
                        at(read.get("t"), "t5", 5, Then.RELEASED));
        lost(next, late);

        decided(next, late);

        assertThat(decisions(next, "a").last()).contains(checkpoint(a, 5));
        assertThat(outputKeys(next, "a")).containsExactly(key(a, 5));
        assertThat(next.lease("s")).isEqualTo(read.get("s"));
        assertThat(next.lease("t").owner()).isEmpty();
        assertThat(next.progressOf("s")).isEqualTo(position("s5", 5));
    }

    @Test
    void anIncarnationThatAcquiredNothingPassesTheLateDecisionOn() {
        ScriptedMember a = owning("a", "s");
        Lease read = a.lease("s");
        closed(a, a);
        ScriptedMember crashed = member("a", "a-2").joined();
        closed(crashed, crashed);
        ScriptedMember next = member("a", "a-3").joined();

        decided(next, lateDecide(next, a, 5, at(read, "s5", 5)));
        decided(next, lateDecide(next, a, 6, at(read, "s6", 6)));

        assertThat(next.progressOf("s")).isEqualTo(position("s6", 6));
    }

    @Test
    void anIncarnationThatIsStillThereIsNotDecidedForByAStranger() {
        ScriptedMember a = owning("a", "s");
        ScriptedMember next = member("a", "a-2");

        assertThat(next.send(lateDecide(next, a, 5, at(a.lease("s"), "s5", 5))))
                .isInstanceOf(Refused.class);
    }

    @Test
    void whoAcquiresFromAClosedMemberSealsIt() {
        ScriptedMember a = owning("a", "s", "t");
        Lease t = a.lease("t");
        ScriptedMember b = joined("b");
        closed(b, a);
        assertThat(decisions(b, "a").isSealed(a.self())).isFalse();
        b.taking("s");

        assertThat(decisions(b, "a").isSealed(a.self())).isTrue();
        ScriptedMember next = member("a", "a-2").joined();
        // Not even the splits that it still owns.
        assertThat(applied(next.send(lateDecide(next, a, 5, at(t, "t5", 5)))))
                .isEqualTo(new Sealed());
        assertThat(decisions(b, "a").output()).isEmpty();
        assertThat(next.progressOf("t")).isEqualTo(start());
    }

    @Test
    void whoAcquiresFromAReplacedIncarnationSealsThatAloneAndTheNextOneDecidesItsOwn() {
        ScriptedMember a = owning("a", "s", "t");
        Lease t = a.lease("t");
        ScriptedMember next = member("a", "a-2").joined();
        ScriptedMember b = joined("b");
        b.taking("s");

        assertThat(applied(next.send(lateDecide(next, a, 5, at(t, "t5", 5)))))
                .isEqualTo(new Sealed());
        Lease own = next.taking("t");
        decided(next, decide(next, 5, at(own, "t5", 5)));
        closed(b, next);
        ScriptedMember third = member("a", "a-3").joined();
        decided(third, lateDecide(third, next, 6, at(own, "t6", 6)));
    }

    @Test
    void anAcquireThatGetsNothingSealsNobody() {
        ScriptedMember a = owning("a", "s", "t");
        Lease stale = a.lease("s");
        Lease read = a.taking("s");
        closed(a, a);
        ScriptedMember b = joined("b");

        assertThat(applied(b.acquire(stale))).isEmpty();

        assertThat(decisions(b, "a").isSealed(a.self())).isFalse();
        ScriptedMember next = member("a", "a-2").joined();
        decided(next, lateDecide(next, a, 5, at(read, "s5", 5)));
    }

    @Test
    void whoAcquiresWhatIsFreeOrALiveMembersSealsNobody() {
        ScriptedMember a = owning("a", "s", "t", "free");
        applied(a.release(a.lease("free"), Optional.empty()));
        Lease t = a.lease("t");
        ScriptedMember b = joined("b");
        b.taking("s");
        b.taking("free");

        assertThat(decisions(b, "a").isSealed(a.self())).isFalse();
        decided(a, decide(a, 5, at(t, "t5", 5)));
    }

    @Test
    void anIncarnationThatAcquiredOrDecidedSealsTheFormerOnes() {
        ScriptedMember a = owning("a", "s", "t");
        Lease t = a.lease("t");
        ScriptedMember second = member("a", "a-2").joined();
        second.taking("s");
        assertThat(applied(second.send(lateDecide(second, a, 5, at(t, "t5", 5)))))
                .isEqualTo(new Sealed());

        ScriptedMember third = member("a", "a-3").joined();
        decided(third, decide(third, 1));
        assertThat(applied(third.send(lateDecide(third, second, 9)))).isEqualTo(new Sealed());
    }

    @Test
    void checkpointIdsCountWithinOneIncarnation() {
        ScriptedMember a = owning("a", "s");
        decided(a, decide(a, 9, at(a.lease("s"), "s9", 9)));
        closed(a, a);
        // It resumes from an older savepoint.
        ScriptedMember next = member("a", "a-2").joined();
        Lease read = next.taking("s");

        decided(next, decide(next, 9, at(read, "s9 again", 9)));

        assertThat(decisions(next, "a").last()).contains(checkpoint(next, 9));
        assertThat(outputKeys(next, "a")).containsExactly(key(a, 9), key(next, 9));
        decided(next, committed(decide(next, 10), key(a, 9)));
        assertThat(outputKeys(next, "a")).containsExactly(key(next, 9), key(next, 10));
    }

    // ---------------------------------------------------------------- closing, adopting, retention

    @Test
    void whoClosesAMemberLearnsWhatItDecidedWithItsOutput() {
        ScriptedMember a = owning("a", "s");
        decided(a, decide(a, 5, at(a.lease("s"), "s5", 5)));
        ScriptedMember b = joined("b");

        for (int time = 1; time <= 2; time++) {
            Decisions told = applied(b.close(a, Optional.empty())).decisions();
            assertThat(told.last()).contains(checkpoint(a, 5));
            assertThat(told.output()).containsExactly(output(a, 5, "output 5"));
            assertThat(told.isSealed(a.self())).isFalse();
        }
        assertThat(b.progressOf("s")).isEqualTo(position("s5", 5));
    }

    @Test
    void outputThatAnotherMemberCommittedIsDropped() {
        ScriptedMember a = owning("a", "s");
        decided(a, decide(a, 1));
        decided(a, decide(a, 2));
        decided(a, decide(a, 3));
        ScriptedMember b = joined("b");
        closed(b, a);
        long changes = b.changes();
        DropOutput drop =
                new DropOutput(group(), b.self(), List.of(key(a, 1), key(a, 2), key(a, 77)));

        assertThat(applied(b.send(drop))).containsExactlyInAnyOrder(key(a, 1), key(a, 2));
        assertThat(applied(b.send(drop))).isEmpty();

        assertThat(outputKeys(b, "a")).containsExactly(key(a, 3));
        assertThat(decisions(b, "a").last()).contains(checkpoint(a, 3));
        assertThat(b.changes()).isEqualTo(changes);
        decided(b, committed(decide(b, 1), key(a, 3)));
        assertThat(outputKeys(b, "a")).isEmpty();
    }

    @Test
    void aClosedMemberDropsNoOutput() {
        ScriptedMember a = owning("a", "s");
        decided(a, decide(a, 1));
        closed(a, a);

        assertThat(a.send(new DropOutput(group(), a.self(), List.of(key(a, 1)))))
                .isInstanceOf(Refused.class);
        assertThat(outputKeys(a, "a")).containsExactly(key(a, 1));
    }

    @Test
    void aMemberWhoseOutputIsNotCommittedIsNotForgotten() {
        ScriptedMember a = joined("a");
        decided(a, decide(a, 1));
        closed(a, a);
        ScriptedMember b = joined("b");

        assertThat(applied(forget(b, a.self()))).isEmpty();
        assertThat(b.open().members()).extracting(Member::id).contains("a");

        applied(b.send(new DropOutput(group(), b.self(), List.of(key(a, 1)))));
        assertThat(applied(forget(b, a.self()))).containsExactly("a");
        assertThat(decisions(b, "a")).isEqualTo(Decisions.NONE);
    }

    private static LeaseOutcome<Set<String>> forget(ScriptedMember by, Incarnation member) {
        return by.send(
                new ForgetMembers(
                        by.group(), Optional.of(by.self()), List.of(member), Duration.ZERO));
    }

    @Test
    void aGroupWhoseOutputIsNotCommittedIsNotForgotten() {
        ScriptedMember a = joined("a");
        decided(a, decide(a, 1));
        decided(a, committed(decide(a, 2), key(a, 1)));
        closed(a, a);
        long read = a.open().changeNumber();

        assertThat(applied(a.send(new ForgetGroup(group(), read)))).isFalse();
        ScriptedMember b = joined("b");
        applied(b.send(new DropOutput(group(), b.self(), List.of(key(a, 2)))));
        closed(b, b);

        assertThat(applied(b.send(new ForgetGroup(group(), b.open().changeNumber())))).isTrue();
        assertThat(decisions(b, "a")).isEqualTo(Decisions.NONE);
    }

    @Test
    void decisionsOfOtherGroupsAreLeftAlone() {
        ScriptedMember a = owning("a", "s");
        decided(a, decide(a, 1));
        ScriptedMember other = new ScriptedMember(session(), group() + " too", a.self()).joined();

        assertThat(decisions(other, "a")).isEqualTo(Decisions.NONE);
        assertThat(applied(other.send(new DropOutput(other.group(), a.self(), List.of(key(a, 1))))))
                .isEmpty();
        decided(other, decide(other, 8));

        assertThat(outputKeys(a, "a")).containsExactly(key(a, 1));
        assertThat(decisions(a, "a").last()).contains(checkpoint(a, 1));
    }

    // ------------------------------------------------------------------------------ at one instant

    @Test
    void ofALateDecisionAndAForeignAcquireTheRecordsBelongToOne() {
        ScriptedMember b = joined("b");
        for (int race = 0; race < RACES; race++) {
            String id = "m" + race;
            ScriptedMember a = owning(id, id);
            Lease read = a.lease(id);
            closed(a, a);
            ScriptedMember next = member(id, id + "-2").joined();
            Decide late = lateDecide(next, a, 5, at(read, "decided", 5));
            var both = atOnce(() -> next.send(late), () -> b.acquire(read));

            Decision decision = applied(both.first());
            Acquire.Taken taken = applied(both.second()).get(0);
            boolean decided = decision instanceof Decided;
            assertThat(taken.progress()).isEqualTo(decided ? position("decided", 5) : start());
            // What is read once a split was acquired is final.
            assertThat(outputKeys(b, id)).hasSize(decided ? 1 : 0);
            assertThat(applied(next.send(late))).isEqualTo(decided ? new Decided() : decision);
            a.store().close();
            next.store().close();
        }
    }

    @Test
    void ofADecisionAndACloseTheCloserLearnsOfItOrItIsRefused() {
        ScriptedMember b = joined("b");
        for (int race = 0; race < RACES; race++) {
            String id = "m" + race;
            ScriptedMember a = owning(id, id);
            Decide decide = decide(a, 5, at(a.lease(id), "decided", 5));
            var both = atOnce(() -> a.send(decide), () -> b.close(a, Optional.empty()));

            boolean decided = both.first() instanceof Applied<Decision>;
            assertThat(applied(both.second()).decisions().last().isPresent()).isEqualTo(decided);
            assertThat(applied(both.second()).decisions().output()).hasSize(decided ? 1 : 0);
            a.store().close();
        }
    }

    @Test
    void ofTwoIncarnationsThatDecideAtOnceTheFormerIsInTimeOrRefused() {
        for (int race = 0; race < RACES; race++) {
            String id = "m" + race;
            ScriptedMember a = owning(id, id);
            Lease read = a.lease(id);
            Optional<Member> row = a.open().member(id);
            ScriptedMember next = member(id, id + "-2");
            Decide five = decide(a, 5, at(read, "five", 5));
            Decide six = lateDecide(next, a, 6, at(read, "six", 6));
            var both =
                    atOnce(
                            () -> a.send(five),
                            () -> {
                                applied(next.join(row));
                                return next.send(six);
                            });

            assertThat(applied(both.second())).isEqualTo(new Decided());
            boolean inTime = outputKeys(next, id).contains(key(a, 5));
            // Six covers five: whoever asks for that after it is told so, too.
            assertThat(both.first() instanceof Applied<Decision> || !inTime).isTrue();
            assertThat(decisions(next, id).last()).contains(checkpoint(a, 6));
            assertThat(next.progressOf(id)).isEqualTo(position("six", 6));
            a.store().close();
            next.store().close();
        }
    }

    // ------------------------------------------------------------------------------ other
    // histories

    @Test
    void aDecisionOfAnotherHistoryChangesNothing() {
        ScriptedMember a = owning("a", "s");
        Lease lease = a.lease("s");
        Runnable back = keep();
        applied(a.discover("lost"));
        long seen = a.open().changeNumber();
        back.run();

        Decide decide =
                new Decide(
                        group(),
                        a.self(),
                        checkpoint(a, 5),
                        List.of(at(lease, "s5", 5)),
                        Map.of(SINK, bytes("x")),
                        Set.of(),
                        seen);
        assertThat(a.send(decide)).isInstanceOf(WentBack.class);
        assertThat(decisions(a, "a").last()).isEmpty();
        assertThat(a.progressOf("s")).isEqualTo(start());
    }

    @Test
    void aDecisionThatTheTableLostCanBeMadeAgain() {
        ScriptedMember a = owning("a", "s");
        Lease lease = a.lease("s");
        decided(a, decide(a, 4, at(lease, "s4", 4)));
        Runnable back = keep();
        Decide five = committed(decide(a, 5, at(lease, "s5", 5)), key(a, 4));
        decided(a, five);
        back.run();
        assertThat(decisions(a, "a").last()).contains(checkpoint(a, 4));
        assertThat(outputKeys(a, "a")).containsExactly(key(a, 4));

        decided(a, five);

        assertThat(outputKeys(a, "a")).containsExactly(key(a, 5));
        assertThat(a.progressOf("s")).isEqualTo(position("s5", 5));
    }

    @Test
    void aClaimDoesNotStopADecision() {
        ScriptedMember a = owning("a", "s");
        Lease lease = a.lease("s");
        ScriptedMember b = joined("b");
        applied(b.claim(Kind.ASK, lease));

        decided(a, decide(a, 5, at(lease, "s5", 5)));
    }
}
