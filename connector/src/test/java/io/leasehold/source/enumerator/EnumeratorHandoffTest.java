package io.leasehold.source.enumerator;

import io.leasehold.lease.model.Claim;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.source.event.LeaseSourceEvent;
import io.leasehold.source.event.LeaseSourceEvent.DropRequested;
import io.leasehold.source.event.LeaseSourceEvent.FreezeRequested;
import io.leasehold.source.event.LeaseSourceEvent.FreezeWithdrawn;
import io.leasehold.source.event.LeaseSourceEvent.GrantExtended;
import io.leasehold.source.event.LeaseSourceEvent.GrantRequested;
import io.leasehold.source.event.LeaseSourceEvent.Positions;
import io.leasehold.source.event.LeaseSourceEvent.ReaderStarted;
import io.leasehold.source.event.LeaseSourceEvent.StopRequested;
import io.leasehold.source.event.LeaseSourceEvent.Stopped;
import io.leasehold.source.split.LeasedSplit;
import io.leasehold.testkit.ScriptedMember;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/** Each step of a handoff as the enumerator takes it, and what becomes of it if something fails. */
@Timeout(30)
class EnumeratorHandoffTest extends EnumeratorRig {

    // ------------------------------------------------------------------------- the usual way

    @Test
    void theReaderOfAClaimedSplitIsAskedOnce() {
        Life life = reading("a", "b");

        claim(life, "a", Claim.Kind.ASK);
        life.pass(TERMS.duration());

        assertThat(sent(life, FreezeRequested.class))
                .containsExactly(new FreezeRequested("r0", Map.of("a", 1L)));
    }

    /** Promise S5. */
    @Test
    void itIsReleasedAsOfTheFirstCompleteCheckpointInWhichItStandsStill() throws Exception {
        Life life = reading("a", "b");
        claim(life, "a", Claim.Kind.ASK);

        life.checkpoint(1, report("r0", 1, at(life, "a", 10), at(life, "b", 10)));
        assertThat(owner("a")).contains("blue");
        life.checkpoint(2, frozen(2, Map.of("a", 1L), at(life, "a", 20), at(life, "b", 20)));

        assertThat(owner("a")).isEmpty();
        assertThat(owner("b")).contains("blue");
        assertThat(progressTakenBy(green, "a")).isEqualTo("20 100 a");
    }

    /** What failed is covered by the next that does not, for all that is reported there. */
    @Test
    void aCheckpointThatIsAbortedNeitherReleasesItNorUndoesWhatTheOneBeforeCovers()
            throws Exception {
        Life life = reading("a", "b");
        claim(life, "a", Claim.Kind.ASK);
        life.checkpoint(1, report("r0", 1, at(life, "a", 10), at(life, "b", 10)));
        life.enumerator.snapshotState(2);
        life.enumerator.handleSourceEvent(
                0, frozen(2, Map.of("a", 1L), at(life, "a", 20), at(life, "b", 20)));
        life.enumerator.notifyCheckpointAborted(2);
        life.settle();
        assertThat(owner("a")).contains("blue");
        assertThat(sent(life, DropRequested.class)).isEmpty();

        life.checkpoint(3, frozen(3, Map.of("a", 1L), at(life, "a", 20), at(life, "b", 30)));

        assertThat(owner("a")).isEmpty();
        assertThat(progressTakenBy(green, "a")).isEqualTo("20 100 a");
        assertThat(recorded(life)).containsExactly("b");
        // Word of it that comes late undoes nothing either.
        life.enumerator.notifyCheckpointAborted(2);
        life.checkpoint(4, report("r0", 4, at(life, "b", 40)));
        assertThat(recorded(life)).containsExactly("b", "b");
    }

    @Test
    void whenItIsReleasedItsReaderMayForgetIt() throws Exception {
        Life life = reading("a", "b");
        claim(life, "a", Claim.Kind.ASK);
        life.checkpoint(1, frozen(1, Map.of("a", 1L), at(life, "a", 20), at(life, "b", 20)));

        assertThat(sent(life, DropRequested.class))
                .containsExactly(new DropRequested("r0", Set.of("a")));
    }

    @Test
    void itIsShownAsClaimedAndThenAsHandedOver() throws Exception {
        Life life = reading("a", "b");
        claim(life, "a", Claim.Kind.ASK);
        assertThat(life.shown("leasesHeld")).isEqualTo(2);
        assertThat(life.shown("leasesClaimed")).isEqualTo(1);
        assertThat(life.shown("membersAlive")).isEqualTo(2);

        life.checkpoint(1, frozen(1, Map.of("a", 1L), at(life, "a", 20), at(life, "b", 20)));

        assertThat(life.shown("leasesHeld")).isEqualTo(1);
        assertThat(life.shown("leasesClaimed")).isZero();
        assertThat(life.shown("releases")).isEqualTo(1);
        assertThat(life.shown("handoffsGiven")).isEqualTo(1);
        assertThat(life.shown("losses")).isZero();
    }

    @Test
    void whatIsReportedOfItFromThenOnIsNotRecorded() throws Exception {
        Life life = reading("a", "b");
        claim(life, "a", Claim.Kind.ASK);
        life.checkpoint(1, frozen(1, Map.of("a", 1L), at(life, "a", 20), at(life, "b", 20)));
        green.taking("a");

        // The reader's next reports were sent before it was told.
        life.checkpoint(2, frozen(2, Map.of("a", 1L), at(life, "a", 20), at(life, "b", 30)));
        life.checkpoint(3, frozen(3, Map.of("a", 1L), at(life, "a", 20), at(life, "b", 40)));
        life.pass(TERMS.duration());

        assertThat(owner("a")).contains("green");
        assertThat(sent(life, DropRequested.class)).hasSize(1);
        assertThat(recorded(life)).containsExactly("b", "b");
    }

    /** The release says all there is to say of it. */
    @Test
    void untilItIsReleasedNothingElseIsWrittenOfIt() throws Exception {
        Life life = reading("a", "b");
        claim(life, "a", Claim.Kind.ASK);
        life.requests.clear();
        for (long checkpoint = 1; checkpoint <= 3; checkpoint++) {
            life.enumerator.snapshotState(checkpoint);
            life.enumerator.handleSourceEvent(
                    0, frozen(checkpoint, Map.of("a", 1L), at(life, "a", 20), at(life, "b", 20)));
            life.enumerator.notifyCheckpointComplete(checkpoint);
        }
        life.settle();

        assertThat(owner("a")).isEmpty();
        assertThat(recorded(life)).containsOnly("b");
        assertThat(life.requests)
                .filteredOn(OwnershipRequest.Release.class::isInstance)
                .flatExtracting(request -> ((OwnershipRequest.Release) request).splits())
                .singleElement()
                .satisfies(
                        released ->
                                assertThat(released.progress())
                                        .hasValueSatisfying(
                                                at -> assertThat(at.checkpointId()).isEqualTo(1)));
    }

    /** Splits by the requests that recorded their progress. */
    private static List<String> recorded(Life life) {
        return life.requests.stream()
                .filter(OwnershipRequest.Record.class::isInstance)
                .flatMap(request -> ((OwnershipRequest.Record) request).splits().stream())
                .map(OwnershipRequest.Recorded::splitId)
                .toList();
    }

    @Test
    void aClaimedSplitThatWaitsForAReaderIsAskedForWhenItIsAssigned() {
        Life life = reading("a");
        claim(life, "a", Claim.Kind.ASK);
        LeasedSplit<MemoryQueueSplit> split = split(life, "a");
        life.gone(0);
        int asked = sent(life, FreezeRequested.class).size();

        life.reader(0, "r1", List.of(split));
        life.pass(TERMS.renewInterval());

        assertThat(life.context.assigned.get(0)).hasSize(2);
        assertThat(sent(life, FreezeRequested.class))
                .hasSize(asked + 1)
                .endsWith(new FreezeRequested("r1", Map.of("a", 2L)));
    }

    // ------------------------------------------------------------------------- the claim ends

    @Test
    void aClaimThatIsOverBeforeTheCheckpointIsCompleteKeepsTheSplit() throws Exception {
        Life life = reading("a", "b");
        claim(life, "a", Claim.Kind.ASK);
        life.enumerator.snapshotState(1);
        life.enumerator.handleSourceEvent(
                0, frozen(1, Map.of("a", 1L), at(life, "a", 20), at(life, "b", 20)));

        withdraw(life, "a");
        life.enumerator.notifyCheckpointComplete(1);
        life.settle();

        assertThat(sent(life, FreezeWithdrawn.class))
                .containsExactly(new FreezeWithdrawn("r0", Set.of("a")));
        assertThat(owner("a")).contains("blue");
        assertThat(sent(life, DropRequested.class)).isEmpty();
    }

    /** The release may be carried out at any time from then on: it goes, and comes back. */
    @Test
    void aClaimThatIsOverWhenTheCheckpointIsCompleteIsOverTooLate() throws Exception {
        Life life = reading("a", "b");
        claim(life, "a", Claim.Kind.ASK);
        LeasedSplit<MemoryQueueSplit> before = split(life, "a");
        life.enumerator.snapshotState(1);
        life.enumerator.handleSourceEvent(
                0, frozen(1, Map.of("a", 1L), at(life, "a", 20), at(life, "b", 20)));
        life.enumerator.notifyCheckpointComplete(1);
        ScriptedMember.applied(green.withdraw("a"));
        ScriptedMember.applied(green.close(green, Optional.empty()));
        life.pass(TERMS.duration());

        assertThat(sent(life, FreezeWithdrawn.class)).isEmpty();
        assertThat(sent(life, DropRequested.class))
                .containsExactly(new DropRequested("r0", Set.of("a")));
        assertThat(owner("a")).contains("blue");
        LeasedSplit<MemoryQueueSplit> after = split(life, "a");
        assertThat(after.epoch()).isGreaterThan(before.epoch());
        assertThat(after.inner()).isEqualTo(new MemoryQueueSplit("a", 20, 100));
    }

    /** It stood still in that one, but has gone on since. */
    @Test
    void askedAgainWhileAnOlderCheckpointCompletesItIsNotReleasedAtTheOlderPosition()
            throws Exception {
        Life life = reading("a", "b");
        claim(life, "a", Claim.Kind.ASK);
        life.enumerator.snapshotState(1);
        life.enumerator.handleSourceEvent(0, frozen(1, Map.of("a", 1L), at(life, "a", 20)));
        withdraw(life, "a");
        claim(life, "a", Claim.Kind.ASK);

        life.enumerator.notifyCheckpointComplete(1);
        life.settle();

        assertThat(owner("a")).contains("blue");
        life.checkpoint(2, frozen(2, Map.of("a", 2L), at(life, "a", 30)));
        assertThat(owner("a")).isEmpty();
        assertThat(progressTakenBy(green, "a")).isEqualTo("30 100 a");
    }

    @Test
    void whenTheClaimantDiesTheReaderGoesOn() {
        Life life = reading("a");
        claim(life, "a", Claim.Kind.ASK);

        ScriptedMember.applied(green.close(green, Optional.empty()));
        life.pass(TERMS.renewInterval());

        assertThat(sent(life, FreezeWithdrawn.class)).hasSize(1);
        assertThat(owner("a")).contains("blue");
    }

    @Test
    void aClaimThatIsOverWhileTheReaderIsGoneHasNobodyToTell() {
        Life life = reading("a");
        claim(life, "a", Claim.Kind.FORCE);
        LeasedSplit<MemoryQueueSplit> split = split(life, "a");
        life.gone(0);
        withdraw(life, "a");
        life.reader(0, "r1", List.of(split));
        life.pass(TERMS.renewInterval());

        assertThat(sent(life, FreezeWithdrawn.class)).isEmpty();
        assertThat(life.context.assigned.get(0)).hasSize(2);
    }

    // ------------------------------------------------------------------------- readers fail

    @Test
    void aReaderThatFailsBeforeItStoodStillIsAskedAnewUnderAnotherNumber() throws Exception {
        Life life = reading("a");
        claim(life, "a", Claim.Kind.ASK);
        LeasedSplit<MemoryQueueSplit> split = split(life, "a");
        life.gone(0);
        life.reader(0, "r1", List.of(split));
        life.pass(TERMS.renewInterval());

        // A number of the attempt before means nothing any more.
        life.checkpoint(1, frozen("r1", 1, Map.of("a", 1L), at(life, "a", 20)));
        assertThat(owner("a")).contains("blue");
        life.checkpoint(2, frozen("r1", 2, Map.of("a", 2L), at(life, "a", 30)));

        assertThat(owner("a")).isEmpty();
        assertThat(progressTakenBy(green, "a")).isEqualTo("30 100 a");
    }

    /** That position never came to pass: the checkpoint was not complete. */
    @Test
    void aReaderThatFailsBeforeItsCheckpointIsCompleteHasReleasedNothing() throws Exception {
        Life life = reading("a");
        claim(life, "a", Claim.Kind.ASK);
        LeasedSplit<MemoryQueueSplit> split = split(life, "a");
        life.enumerator.snapshotState(1);
        life.enumerator.handleSourceEvent(0, frozen(1, Map.of("a", 1L), at(life, "a", 20)));
        life.gone(0);
        life.enumerator.notifyCheckpointComplete(1);
        life.reader(0, "r1", List.of(split));
        life.pass(TERMS.renewInterval());

        assertThat(owner("a")).contains("blue");
        assertThat(split(life, "a").epoch()).isGreaterThan(split.epoch());
    }

    /** The release is on its way, and may be carried out at any time. */
    @Test
    void aReaderThatFailsWhileItsSplitIsReleasedDoesNotGetItBack() throws Exception {
        Life life = reading("a");
        claim(life, "a", Claim.Kind.ASK);
        LeasedSplit<MemoryQueueSplit> split = split(life, "a");
        life.enumerator.snapshotState(1);
        life.enumerator.handleSourceEvent(0, frozen(1, Map.of("a", 1L), at(life, "a", 20)));
        life.enumerator.notifyCheckpointComplete(1);
        life.gone(0);
        life.reader(0, "r1", List.of(split));
        life.pass(TERMS.renewInterval());

        assertThat(owner("a")).isEmpty();
        assertThat(life.context.assigned.get(0)).containsExactly(split);
        assertThat(life.enumerator.snapshotState(2).withheld()).isEmpty();
        assertThat(progressTakenBy(green, "a")).isEqualTo("20 100 a");
    }

    @Test
    void aReaderThatFailsAfterItsSplitWasTakenDoesNotGetItBack() throws Exception {
        Life life = reading("a");
        claim(life, "a", Claim.Kind.ASK);
        LeasedSplit<MemoryQueueSplit> split = split(life, "a");
        life.checkpoint(1, frozen(1, Map.of("a", 1L), at(life, "a", 20)));
        green.taking("a");
        life.gone(0);
        life.reader(0, "r1", List.of(split));
        life.pass(TERMS.renewInterval());

        assertThat(owner("a")).contains("green");
        assertThat(life.context.assigned.get(0)).containsExactly(split);
        assertThat(life.enumerator.snapshotState(2).withheld()).isEmpty();
    }

    /** Where Flink gives restored splits to readers themselves. */
    @Test
    void aReaderWhoseOwnStateHoldsASplitThatIsBeingReleasedIsToldToForgetIt() throws Exception {
        Life life = reading("a");
        claim(life, "a", Claim.Kind.ASK);
        LeasedSplit<MemoryQueueSplit> split = split(life, "a");
        life.enumerator.snapshotState(1);
        life.enumerator.handleSourceEvent(0, frozen(1, Map.of("a", 1L), at(life, "a", 20)));
        life.enumerator.notifyCheckpointComplete(1);
        life.gone(0);
        life.register(0);
        life.enumerator.handleSourceEvent(0, new ReaderStarted("r1", List.of(position(split))));
        life.pass(TERMS.renewInterval());

        assertThat(sent(life, DropRequested.class))
                .containsExactly(new DropRequested("r1", Set.of("a")));
    }

    /** Where Flink gives restored splits to readers themselves: it would keep it for ever. */
    @Test
    void aReaderWhoseOwnStateHoldsAnotherMembersSplitIsToldToForgetIt() throws Exception {
        Life life = reading("a");
        LeasedSplit<MemoryQueueSplit> split = split(life, "a");
        life.close();
        green.joined().taking("a");
        Life next = new Life(1, Optional.of(life.enumerator.snapshotState(1)), "a");
        next.enumerator.start();
        next.register(0);
        next.enumerator.handleSourceEvent(0, new ReaderStarted("r1", List.of(position(split))));
        next.settle();

        assertThat(sent(next, DropRequested.class))
                .containsExactly(new DropRequested("r1", Set.of("a")));
        assertThat(next.enumerator.snapshotState(2).withheld()).isEmpty();
    }

    /** Where Flink gives restored splits to readers themselves: it would keep it for ever. */
    @Test
    void aReaderWhoseOwnStateHoldsASplitThatIsTakenWhileItWaitsForItIsToldToForgetIt() {
        Life life = reading("a");
        LeasedSplit<MemoryQueueSplit> split = split(life, "a");
        life.enumerator.handleSourceEvent(0, new GrantRequested("r0", now));
        life.gone(0);
        life.register(0);
        life.enumerator.handleSourceEvent(0, new ReaderStarted("r1", List.of(position(split))));
        life.settle();
        assertThat(lease("a").epoch()).isGreaterThan(split.epoch());

        claim(life, "a", Claim.Kind.FORCE);
        green.taking("a");
        life.pass(TERMS.renewInterval());

        assertThat(life.context.assigned.get(0)).containsExactly(split);
        assertThat(sent(life, DropRequested.class))
                .containsExactly(new DropRequested("r1", Set.of("a")));
    }

    /** Where Flink gives restored splits to readers themselves: one split, one state. */
    @Test
    void ofTwoReadersWhoseOwnStatesHoldASplitTheOneWithTheEarlierPositionIsToldToForgetIt() {
        Life life = reading("a");
        LeasedSplit<MemoryQueueSplit> earlier = split(life, "a");
        LeasedSplit<MemoryQueueSplit> later =
                new LeasedSplit<>(
                        new MemoryQueueSplit("a", 20, 100),
                        earlier.epoch() + 1,
                        earlier.tenure(),
                        false,
                        Optional.empty());
        life.close();
        Life next = new Life(2, Optional.empty(), "a");
        next.enumerator.start();
        next.register(0);
        next.enumerator.handleSourceEvent(0, new ReaderStarted("s0", List.of(position(earlier))));
        next.register(1);
        next.enumerator.handleSourceEvent(1, new ReaderStarted("s1", List.of(position(later))));
        next.pass(TERMS.duration());

        assertThat(sent(next, DropRequested.class))
                .containsExactly(new DropRequested("s0", Set.of("a")));
        assertThat(next.context.assigned.get(0)).isNull();
        assertThat(split(next, "a").inner()).isEqualTo(later.inner());
    }

    /** Rule S1: the attempt that had it long ago must not take it from who has it now. */
    @Test
    void aSplitThatCameBackToAnotherReaderStaysThereWhenTheFormerOneRestarts() throws Exception {
        Life life = new Life(2, Optional.empty(), "a");
        life.enumerator.start();
        life.settle();
        life.reader(0, "r0");
        life.settle();
        life.reader(1, "other");
        life.pass(TERMS.renewInterval());
        claim(life, "a", Claim.Kind.ASK);
        life.enumerator.snapshotState(1);
        life.enumerator.handleSourceEvent(0, frozen(1, Map.of("a", 1L), at(life, "a", 20)));
        life.enumerator.notifyCheckpointComplete(1);
        life.gone(0);
        life.pass(TERMS.renewInterval());
        assertThat(owner("a")).isEmpty();

        ScriptedMember.applied(green.close(green, Optional.empty()));
        life.pass(TERMS.duration());
        life.reader(0, "r0 again");
        life.pass(TERMS.duration());

        assertThat(life.context.assigned.get(1)).hasSize(1);
        assertThat(life.context.assigned.get(0)).hasSize(1);
        assertThat(lease("a").epoch()).isEqualTo(life.context.assigned.get(1).get(0).epoch());
    }

    // ------------------------------------------------------------------------- forced

    /** Rule S1: its claimant waits for no longer than what was granted before. */
    @Test
    void aReaderThatIsToStopGetsNoGrantBeforeItHasConfirmed() {
        Life life = reading("a", "b");
        claim(life, "a", Claim.Kind.FORCE);
        assertThat(sent(life, StopRequested.class))
                .containsExactly(new StopRequested("r0", Map.of("a", 1L)));

        life.enumerator.handleSourceEvent(0, new GrantRequested("r0", now));
        assertThat(sent(life, GrantExtended.class)).isEmpty();
        life.enumerator.handleSourceEvent(0, new Stopped("r0", Set.of(1L)));
        life.enumerator.handleSourceEvent(0, new GrantRequested("r0", now));

        assertThat(sent(life, GrantExtended.class)).hasSize(1);
    }

    @Test
    void otherReadersAreGrantedMeanwhile() {
        Life life = new Life(2, Optional.empty(), "a", "b");
        life.enumerator.start();
        life.settle();
        life.reader(0, "r0");
        life.settle();
        life.reader(1, "r1");
        life.pass(TERMS.renewInterval());
        boolean hasA = life.context.assigned.get(0).get(0).leaseId().equals("a");
        claim(life, "a", Claim.Kind.FORCE);

        life.enumerator.handleSourceEvent(0, new GrantRequested("r0", now));
        life.enumerator.handleSourceEvent(1, new GrantRequested("r1", now));

        assertThat(sent(life, GrantExtended.class))
                .extracting(GrantExtended::readerId)
                .containsExactly(hasA ? "r1" : "r0");
    }

    @Test
    void whatIsForcedAfterItWasAskedForMayBeReleasedUnderTheFirstNumber() throws Exception {
        Life life = reading("a", "b");
        claim(life, "a", Claim.Kind.ASK);
        life.enumerator.snapshotState(1);
        life.enumerator.handleSourceEvent(
                0, frozen(1, Map.of("a", 1L), at(life, "a", 20), at(life, "b", 20)));
        claim(life, "a", Claim.Kind.FORCE);
        assertThat(sent(life, StopRequested.class))
                .containsExactly(new StopRequested("r0", Map.of("a", 1L)));

        life.enumerator.notifyCheckpointComplete(1);
        life.settle();

        assertThat(owner("a")).isEmpty();
        assertThat(progressTakenBy(green, "a")).isEqualTo("20 100 a");
    }

    @Test
    void whatIsTakenByForceIsLetGoAndTheJobGoesOn() throws Exception {
        Life life = reading("a", "b");
        claim(life, "a", Claim.Kind.FORCE);
        green.taking("a");
        life.pass(TERMS.renewInterval());

        assertThat(sent(life, DropRequested.class))
                .containsExactly(new DropRequested("r0", Set.of("a")));
        // What its reader reports of it afterwards counts for nothing.
        life.checkpoint(1, frozen(1, Map.of("a", 1L), at(life, "a", 20), at(life, "b", 20)));
        life.checkpoint(2, report("r0", 2, at(life, "b", 30)));
        assertThat(owner("a")).contains("green");
        assertThat(progressTakenBy(green, "a")).isEqualTo("0 100 a");
    }

    @Test
    void aForcedSplitThatWaitsForAReaderGoesToNoneUntilTheClaimIsOver() {
        Life life = reading("a");
        claim(life, "a", Claim.Kind.FORCE);
        LeasedSplit<MemoryQueueSplit> split = split(life, "a");
        life.gone(0);
        life.reader(0, "r1", List.of(split));
        life.pass(TERMS.renewInterval());
        life.pass(TERMS.renewInterval());
        assertThat(life.context.assigned.get(0)).containsExactly(split);

        withdraw(life, "a");

        assertThat(life.context.assigned.get(0)).hasSize(2);
    }

    /** Its reader's state does not have it, and it is not to be acquired before that. */
    @Test
    void whenAForcedClaimIsOverThatNoReaderHeardOfTheSplitGoesOn() {
        Life life = reading("a");
        claim(life, "a", Claim.Kind.FORCE);
        life.gone(0);
        life.reader(0, "r1");
        life.pass(TERMS.renewInterval());
        assertThat(life.context.assigned.get(0)).hasSize(1);

        withdraw(life, "a");

        assertThat(life.context.assigned.get(0)).hasSize(2);
    }

    @Test
    void aSplitThatIsForcedWhileItWaitsForAnOldGrantToEndGoesToNoReader() {
        Life life = reading("a");
        LeasedSplit<MemoryQueueSplit> split = split(life, "a");
        life.enumerator.handleSourceEvent(0, new GrantRequested("r0", now));
        life.gone(0);
        life.reader(0, "r1", List.of(split));
        life.settle();
        assertThat(lease("a").epoch()).isGreaterThan(split.epoch());

        claim(life, "a", Claim.Kind.FORCE);
        life.pass(TERMS.readerGrant());
        life.pass(TERMS.readerGrant());
        assertThat(life.context.assigned.get(0)).containsExactly(split);

        withdraw(life, "a");
        assertThat(life.context.assigned.get(0)).hasSize(2);
    }

    @Test
    void whenAForcedClaimIsOverTheReaderIsGrantedAgain() {
        Life life = reading("a");
        claim(life, "a", Claim.Kind.FORCE);
        withdraw(life, "a");

        life.enumerator.handleSourceEvent(0, new GrantRequested("r0", now));

        assertThat(sent(life, FreezeWithdrawn.class)).hasSize(1);
        assertThat(sent(life, GrantExtended.class)).hasSize(1);
    }

    // ------------------------------------------------------------------------- pieces

    /** One reader that has these splits. */
    private Life reading(String... splits) {
        Life life = new Life(1, Optional.empty(), splits);
        life.enumerator.start();
        life.settle();
        life.reader(0, "r0");
        life.pass(TERMS.renewInterval());
        assertThat(life.context.assigned.get(0)).hasSize(splits.length);
        return life;
    }

    private static Positions frozen(
            long checkpointId, Map<String, Long> requests, LeaseSourceEvent.Position... splits) {
        return frozen("r0", checkpointId, requests, splits);
    }
}
