package io.leasehold.lease.member;

import io.leasehold.lease.member.VirtualGroup.VirtualMember;
import io.leasehold.lease.member.VirtualGroup.Way;
import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Decisions;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.model.StateLine;
import io.leasehold.lease.store.DecisionRequest.Decide;
import io.leasehold.lease.store.DecisionRequest.Decide.DecidedSplit;
import io.leasehold.lease.store.DecisionRequest.Decide.Then;
import io.leasehold.lease.store.DecisionRequest.DropOutput;
import io.leasehold.lease.store.DecisionRequest.ReadDecisions;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.MembershipRequest.Close;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.lease.store.OwnershipRequest.Acquire;
import io.leasehold.lease.store.OwnershipRequest.Release;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/** A member that decides its output: protocol section 9. */
class MemberOutputTest {

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final StateLine LINE = new StateLine("line-1");
    private static final Map<String, byte[]> OUTPUT = Map.of("kafka", new byte[] {1, 2});

    private final VirtualGroup group = new VirtualGroup(0);

    private VirtualMember deciding(String memberId, int splits) {
        VirtualMember member = group.member(memberId, VirtualGroup.splits(splits));
        member.checkpointsTake = Optional.empty();
        member.output().decides(LINE, Optional.empty());
        return member;
    }

    /** The next life of a member that was killed or closed, restored from that checkpoint. */
    private VirtualMember restored(
            String memberId, RestoredCheckpoint from, Map<String, Lease> leases) {
        VirtualMember member = group.restored(memberId, leases, VirtualGroup.TERMS);
        member.checkpointsTake = Optional.empty();
        member.output().decides(LINE, Optional.of(from));
        return member;
    }

    private static List<DecidedSplit> all(VirtualMember member, long position, Then then) {
        return member.granted.values().stream()
                .map(
                        split ->
                                new DecidedSplit(
                                        split.lease().splitId(),
                                        split.lease().epoch(),
                                        VirtualGroup.at(position, position),
                                        then))
                .toList();
    }

    private void completes(VirtualMember member, long checkpointId) {
        completes(member, checkpointId, Then.OWNED);
    }

    private void completes(VirtualMember member, long checkpointId, Then then) {
        member.output().completed(checkpointId, all(member, checkpointId, then));
    }

    private void decides(VirtualMember member, long checkpointId) {
        completes(member, checkpointId);
        member.output().prepared(checkpointId, OUTPUT);
        group.run(VirtualGroup.TICK);
    }

    private Decisions decisions(String memberId) {
        return group.store()
                .ask(new ReadDecisions("orders", memberId))
                .match(done -> done, refused -> fail(refused), unknown -> fail(unknown));
    }

    private Optional<Long> lastDecided(String memberId) {
        return decisions(memberId).last().map(DecidedCheckpoint::checkpointId);
    }

    private static <E extends OutputEvent> List<E> told(VirtualMember member, Class<E> type) {
        return member.events(LeaseEvent.OfOutput.class).stream()
                .map(LeaseEvent.OfOutput::event)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    private static <R extends LeaseRequest<?>> List<R> sent(VirtualMember member, Class<R> type) {
        return member.sent.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private RestoredCheckpoint takes(VirtualMember member, long checkpointId) {
        return member.output().stateOf(checkpointId).orElseThrow();
    }

    // ------------------------------------------------------------------------------------------
    // Start
    // ------------------------------------------------------------------------------------------

    @Test
    void aMemberReadsWhatItHasDecidedBeforeItAcquiresAnything() {
        VirtualMember blue = deciding("blue", 2);

        group.run(LONG);

        List<Class<?>> kinds = new ArrayList<>();
        blue.sent.forEach(request -> kinds.add(request.getClass()));
        assertThat(kinds.indexOf(ReadDecisions.class))
                .isPositive()
                .isLessThan(kinds.indexOf(Acquire.class));
        assertThat(told(blue, OutputEvent.Stands.class))
                .extracting(OutputEvent.Stands::verdict)
                .containsExactly(new RestoredVerdict.Unknown());
        assertThat(blue.holds()).hasSize(2);
    }

    @Test
    void aMemberThatDoesNotDecideItsOutputAsksNothingOfDecisions() {
        VirtualMember blue = group.member("blue", VirtualGroup.splits(2));

        group.run(LONG);

        assertThat(sent(blue, ReadDecisions.class)).isEmpty();
        assertThat(blue.output().stateOf(1)).isEmpty();
        assertThat(blue.output().isSettled()).isTrue();
    }

    // ------------------------------------------------------------------------------------------
    // Decide
    // ------------------------------------------------------------------------------------------

    @Test
    void aCompletedCheckpointIsDecidedWithItsPositionsAndItsOutput() {
        VirtualMember blue = deciding("blue", 2);
        group.run(LONG);

        completes(blue, 1);
        assertThat(blue.output().outputToAsk()).hasValue(1);
        assertThat(blue.output().outputToAsk()).as("asked once").isEmpty();
        blue.output().prepared(1, OUTPUT);
        group.run(VirtualGroup.TICK);

        assertThat(told(blue, OutputEvent.Decided.class))
                .containsExactly(
                        new OutputEvent.Decided(new DecidedCheckpoint(blue.me, LINE, 1), false));
        assertThat(decisions("blue").output())
                .extracting(output -> output.key().sinkId())
                .containsExactly("kafka");
        assertThat(blue.output().isSettled()).isTrue();
        assertThat(blue.holds()).hasSize(2);
    }

    @Test
    void aDecisionReleasesAndFinishesSplits() {
        VirtualMember blue = deciding("blue", 2);
        group.run(LONG);
        List<DecidedSplit> both = all(blue, 5, Then.RELEASED);
        DecidedSplit ended =
                new DecidedSplit(
                        both.get(1).splitId(),
                        both.get(1).epoch(),
                        both.get(1).progress(),
                        Then.FINISHED);

        blue.output().completed(5, List.of(both.get(0), ended));
        blue.output().prepared(5, OUTPUT);
        group.run(Duration.ofMillis(20));

        assertThat(blue.events(LeaseEvent.Dropped.class))
                .containsExactly(new LeaseEvent.Dropped(both.get(0).splitId(), true));
        assertThat(blue.events(LeaseEvent.Finished.class))
                .containsExactly(new LeaseEvent.Finished(ended.splitId()));
        assertThat(group.leases().get(ended.splitId()).finished()).isTrue();
        assertThat(sent(blue, Release.class)).isEmpty();
    }

    /** Its row is not read again yet, and its reader reports it until it hears of that. */
    @Test
    void aSplitThatADecisionFinishesIsNotNamedAgain() {
        VirtualMember blue = deciding("blue", 1);
        group.run(LONG);
        List<DecidedSplit> ended = all(blue, 5, Then.FINISHED);
        blue.output().completed(5, ended);
        blue.output().prepared(5, OUTPUT);

        assertThat(takes(blue, 6).owned()).isEmpty();
        blue.output().completed(6, ended);
        group.run(VirtualGroup.TICK);
        blue.output().prepared(6, OUTPUT);
        group.run(VirtualGroup.TICK);

        assertThat(told(blue, OutputEvent.IsVoid.class)).isEmpty();
        assertThat(lastDecided("blue")).contains(6L);
    }

    @Test
    void anUnansweredDecisionIsRepeatedUnchangedAndNothingElseIsWrittenBefore() {
        VirtualMember blue = deciding("blue", 2);
        group.run(LONG);
        int before = blue.sent.size();

        completes(blue, 1);
        blue.output().prepared(1, OUTPUT);
        blue.way = Way.LOSES_ANSWERS;
        group.run(VirtualGroup.TICK.multipliedBy(2));
        blue.keeper.splits().releaseAll(Map.of());
        completes(blue, 2);
        blue.output().prepared(2, Map.of());
        blue.way = Way.UP;
        group.run(VirtualGroup.TICK.multipliedBy(2));

        List<Decide> decides = sent(blue, Decide.class);
        assertThat(decides).hasSizeGreaterThan(2);
        Decide last = decides.get(decides.size() - 1);
        assertThat(last.checkpoint().checkpointId()).isEqualTo(2);
        assertThat(decides.subList(0, decides.size() - 1))
                .allMatch(decide -> decide == decides.get(0));
        assertThat(blue.sent.subList(before, blue.sent.indexOf(last)))
                .noneMatch(OwnershipRequest.class::isInstance);
        assertThat(lastDecided("blue")).contains(2L);
    }

    @Test
    void nothingIsAcquiredWhileTheOutputOfACompletedCheckpointIsNotCollected() {
        VirtualMember blue = deciding("blue", 1);
        group.run(LONG);
        completes(blue, 1);

        blue.keeper.splits().discovered(VirtualGroup.splits(2));
        group.run(LONG);
        assertThat(blue.holds()).hasSize(1);
        assertThat(blue.output().isSettled()).isFalse();

        blue.output().prepared(1, OUTPUT);
        group.run(VirtualGroup.TICK.multipliedBy(2));
        assertThat(blue.holds()).hasSize(2);
    }

    @Test
    void theOutputOfALaterCheckpointIsAskedWhenTheEarlierOneIsDecided() {
        VirtualMember blue = deciding("blue", 1);
        group.run(LONG);
        completes(blue, 1);
        assertThat(blue.output().outputToAsk()).hasValue(1);
        blue.output().prepared(1, OUTPUT);
        blue.way = Way.LOSES_REQUESTS;
        group.run(VirtualGroup.TICK);

        completes(blue, 2);
        assertThat(blue.output().outputToAsk()).isEmpty();

        blue.way = Way.UP;
        group.run(VirtualGroup.TICK.multipliedBy(2));
        assertThat(lastDecided("blue")).contains(1L);
        assertThat(blue.output().outputToAsk()).hasValue(2);
    }

    @Test
    void aCheckpointWhoseSplitsAreLostIsVoidAndNothingIsDecidedAfterIt() {
        VirtualMember blue = deciding("blue", 1);
        group.run(LONG);
        List<DecidedSplit> stale =
                all(blue, 1, Then.OWNED).stream()
                        .map(
                                split ->
                                        new DecidedSplit(
                                                split.splitId(),
                                                split.epoch() + 1,
                                                split.progress()))
                        .toList();

        blue.output().completed(1, stale);
        blue.output().prepared(1, OUTPUT);
        group.run(VirtualGroup.TICK);
        completes(blue, 2);
        blue.output().prepared(2, OUTPUT);
        group.run(VirtualGroup.TICK);

        assertThat(told(blue, OutputEvent.IsVoid.class))
                .singleElement()
                .satisfies(
                        never -> {
                            assertThat(never.restored()).isFalse();
                            assertThat(never.checkpoint().checkpointId()).isEqualTo(1);
                            assertThat(never.why()).contains("another owner or epoch");
                        });
        assertThat(lastDecided("blue")).isEmpty();
    }

    @Test
    void moreOutputThanFitsIntoARequestMakesACheckpointVoid() {
        VirtualMember blue = deciding("blue", 1);
        group.run(LONG);
        completes(blue, 1);

        blue.output().prepared(1, Map.of("kafka", new byte[DecidedOutput.MOST_BYTES + 1]));
        group.run(VirtualGroup.TICK.multipliedBy(2));

        assertThat(told(blue, OutputEvent.IsVoid.class))
                .singleElement()
                .satisfies(never -> assertThat(never.why()).contains("at most"));
    }

    // ------------------------------------------------------------------------------------------
    // Close
    // ------------------------------------------------------------------------------------------

    @Test
    void theFarewellDecidesWhatIsCollectedBeforeItCloses() {
        VirtualMember blue = deciding("blue", 1);
        group.run(LONG);
        completes(blue, 1);
        blue.output().prepared(1, OUTPUT);

        List<LeaseRequest<?>> last = blue.keeper.close(Duration.ZERO, group.now());

        assertThat(last).hasSize(2);
        assertThat(last.get(0)).isInstanceOf(Decide.class);
        assertThat(last.get(1)).isInstanceOf(Close.class);
    }

    /** The late decision needs the splits as they are. */
    @Test
    void theFarewellReleasesNothingWhileACheckpointIsUndecided() {
        VirtualMember blue = deciding("blue", 1);
        group.run(LONG);
        completes(blue, 1);
        blue.keeper.splits().releaseAll(Map.of());

        assertThat(blue.keeper.close(Duration.ZERO, group.now()))
                .singleElement()
                .isInstanceOf(Close.class);
    }

    // ------------------------------------------------------------------------------------------
    // Late decision
    // ------------------------------------------------------------------------------------------

    private record Died(
            RestoredCheckpoint from, Map<String, Lease> leases, List<DecidedSplit> at) {}

    /** Blue completes checkpoint 2 and closes without having decided it. */
    private Died diesWithAnUndecidedCheckpoint(int splits) {
        VirtualMember blue = deciding("blue", splits);
        group.run(LONG);
        decides(blue, 1);
        RestoredCheckpoint from = takes(blue, 2);
        completes(blue, 2);
        List<DecidedSplit> at = all(blue, 2, Then.OWNED);
        blue.close();
        return new Died(from, group.leases(), at);
    }

    @Test
    void theNextIncarnationDecidesLateBeforeItAcquires() {
        Died died = diesWithAnUndecidedCheckpoint(2);
        assertThat(died.from().owned()).hasSize(2);
        VirtualMember next = restored("blue", died.from(), died.leases());

        group.run(VirtualGroup.TICK.multipliedBy(4));
        assertThat(next.output().late()).contains(died.from());
        assertThat(next.output().outputToAsk()).hasValue(2);
        assertThat(next.output().outputToAsk()).isEmpty();
        assertThat(next.holds()).as("not acquired yet").isEmpty();

        next.output().decidesLate(died.at(), OUTPUT);
        group.run(LONG);

        assertThat(told(next, OutputEvent.Decided.class))
                .containsExactly(new OutputEvent.Decided(died.from().checkpoint(), true));
        assertThat(next.events(LeaseEvent.Acquired.class))
                .hasSize(2)
                .allSatisfy(
                        acquired -> {
                            assertThat(acquired.progress().checkpointId()).isEqualTo(2);
                            assertThat(acquired.fromState()).isFalse();
                        });
        assertThat(next.events(LeaseEvent.TenureBroken.class)).isEmpty();
    }

    @Test
    void afterATakeoverTheRestoredCheckpointIsVoidAndSplitsResumeFromTheTable() {
        Died died = diesWithAnUndecidedCheckpoint(2);
        VirtualMember green = deciding("green", 0);
        group.run(LONG);
        assertThat(green.holds()).hasSize(2);
        assertThat(green.events(LeaseEvent.Acquired.class))
                .extracting(acquired -> acquired.progress().checkpointId())
                .containsOnly(1L);

        VirtualMember next = restored("blue", died.from(), died.leases());
        group.run(LONG);

        assertThat(told(next, OutputEvent.Stands.class))
                .extracting(OutputEvent.Stands::verdict)
                .singleElement()
                .isInstanceOf(RestoredVerdict.IsVoid.class);
        assertThat(told(next, OutputEvent.IsVoid.class))
                .singleElement()
                .satisfies(never -> assertThat(never.restored()).isTrue());
        assertThat(next.output().isSettled()).isTrue();
    }

    @Test
    void aTakeoverBetweenReadingAndDecidingMakesItVoid() {
        Died died = diesWithAnUndecidedCheckpoint(2);
        VirtualMember next = restored("blue", died.from(), died.leases());
        group.run(VirtualGroup.TICK.multipliedBy(4));
        VirtualMember green = group.member("green", List.of());
        group.run(VirtualGroup.TERMS.handoffTimeout().plus(LONG));
        assertThat(green.holds()).as("forced from the former incarnation").isNotEmpty();

        next.output().decidesLate(died.at(), OUTPUT);
        group.run(LONG);

        assertThat(told(next, OutputEvent.Decided.class)).isEmpty();
        assertThat(told(next, OutputEvent.IsVoid.class)).hasSize(1);
        assertThat(lastDecided("blue")).contains(1L);
    }

    @Test
    void lostOutputMakesTheRestoredCheckpointVoid() {
        Died died = diesWithAnUndecidedCheckpoint(2);
        VirtualMember next = restored("blue", died.from(), died.leases());
        group.run(VirtualGroup.TICK.multipliedBy(4));

        next.output().lost(2, "A transaction is gone.");
        group.run(LONG);

        assertThat(told(next, OutputEvent.IsVoid.class))
                .containsExactly(
                        new OutputEvent.IsVoid(
                                died.from().checkpoint(), true, "A transaction is gone."));
        assertThat(next.events(LeaseEvent.Acquired.class))
                .extracting(acquired -> acquired.progress().checkpointId())
                .containsOnly(1L);
    }

    // ------------------------------------------------------------------------------------------
    // Adoption
    // ------------------------------------------------------------------------------------------

    @Test
    void whoClosesADeadMemberAdoptsItsOutputAndIsToldWhenItIsSealed() {
        VirtualMember green = deciding("green", 0);
        VirtualMember blue = deciding("blue", 2);
        group.run(LONG);
        decides(blue, 1);

        blue.kill();
        group.run(LONG);

        assertThat(green.holds()).hasSize(2);
        assertThat(told(green, OutputEvent.Adopt.class).get(0).rows())
                .extracting(row -> row.key().checkpoint().checkpointId())
                .containsExactly(1L);
        assertThat(told(green, OutputEvent.Sealed.class))
                .containsExactly(new OutputEvent.Sealed(blue.me));
    }

    @Test
    void outputOfAMemberThatClosedItselfIsAdoptedThoughNobodyAcquiresFromIt() {
        VirtualMember blue = deciding("blue", 1);
        group.run(LONG);
        completes(blue, 1, Then.FINISHED);
        blue.output().prepared(1, OUTPUT);
        group.run(VirtualGroup.TICK);
        blue.close();

        VirtualMember green = deciding("green", 0);
        group.run(LONG);

        assertThat(told(green, OutputEvent.Adopt.class)).isNotEmpty();

        decisions("blue").output().forEach(output -> green.output().committed(output.key()));
        group.run(LONG);
        assertThat(sent(green, DropOutput.class)).hasSize(1);
        assertThat(decisions("blue").output()).isEmpty();

        int reads = sent(green, ReadDecisions.class).size();
        group.run(LONG);
        assertThat(sent(green, ReadDecisions.class)).as("nothing is left").hasSize(reads);
    }

    @Test
    void rowsOfCommittedOutputGoWithTheNextDecision() {
        VirtualMember blue = deciding("blue", 1);
        group.run(LONG);
        decides(blue, 1);
        decisions("blue").output().forEach(row -> blue.output().committed(row.key()));

        decides(blue, 2);

        assertThat(decisions("blue").output())
                .extracting(row -> row.key().checkpoint().checkpointId())
                .containsExactly(2L);
        assertThat(sent(blue, DropOutput.class)).isEmpty();
    }

    @Test
    void aMemberIsReadAsSealedOnlyWhileItIsClosedInThatIncarnation() {
        VirtualMember green = deciding("green", 0);
        VirtualMember blue = deciding("blue", 2);
        group.run(LONG);
        green.output().readSeal(blue.me);
        group.run(VirtualGroup.TICK);
        blue.kill();
        group.run(LONG);
        green.output().readSeal(blue.me);
        group.run(VirtualGroup.TICK);
        deciding("blue", 0);
        group.run(VirtualGroup.TICK.multipliedBy(3));
        green.output().readSeal(blue.me);
        group.run(VirtualGroup.TICK);

        assertThat(told(green, OutputEvent.SealRead.class))
                .containsExactly(
                        new OutputEvent.SealRead(blue.me, false),
                        new OutputEvent.SealRead(blue.me, true),
                        new OutputEvent.SealRead(blue.me, false));
    }

    // ------------------------------------------------------------------------------------------
    // Claims
    // ------------------------------------------------------------------------------------------

    @Test
    void aMemberThatDecidesItsOutputWithdrawsAClaimThatIsNotAnsweredAndNeverForces() {
        VirtualMember blue = deciding("blue", 2);
        group.run(LONG);
        VirtualMember green = deciding("green", 0);

        group.run(VirtualGroup.TERMS.handoffTimeout().multipliedBy(6));

        assertThat(sent(green, OwnershipRequest.Claim.class))
                .as("claimed, and again later")
                .hasSizeBetween(2, 5)
                .flatExtracting(OwnershipRequest.Claim::splits)
                .allMatch(claim -> claim.kind() == Claim.Kind.ASK);
        assertThat(sent(green, OwnershipRequest.Withdraw.class)).isNotEmpty();
        assertThat(blue.holds()).hasSize(2);
    }

    // ------------------------------------------------------------------------------------------
    // Drain
    // ------------------------------------------------------------------------------------------

    @Test
    void aMemberIsDrainedOnceItsLastSplitIsReleasedByADecision() {
        VirtualMember blue = deciding("blue", 1);
        group.run(LONG);
        VirtualMember green = group.member("green", List.of());
        group.run(LONG);
        group.order("blue", new Orders(true, OptionalInt.empty()));
        group.run(LONG);

        completes(blue, 1, Then.RELEASED);
        blue.output().prepared(1, OUTPUT);
        group.run(LONG);

        assertThat(group.row("blue").state()).isEqualTo(MemberState.DRAINED);
        assertThat(green.holds()).hasSize(1);
    }
}
