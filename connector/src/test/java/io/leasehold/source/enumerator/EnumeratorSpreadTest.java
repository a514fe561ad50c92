package io.leasehold.source.enumerator;

import io.leasehold.lease.model.Claim;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.source.event.LeaseSourceEvent.DropRequested;
import io.leasehold.source.event.LeaseSourceEvent.FreezeRequested;
import io.leasehold.source.event.LeaseSourceEvent.FreezeWithdrawn;
import io.leasehold.source.event.LeaseSourceEvent.GrantRequested;
import io.leasehold.source.event.LeaseSourceEvent.Positions;
import io.leasehold.source.event.LeaseSourceEvent.ReaderStarted;
import io.leasehold.source.event.LeaseSourceEvent.StopRequested;
import io.leasehold.source.split.LeasedSplit;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static io.leasehold.testkit.UngrantedSplit.ungranted;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each step by which a split goes from one reader to another of the same job, and what becomes of
 * it if something fails. Where not said otherwise reader r0 has the splits a, b and c, and r1,
 * which started after the others, has none; so a is to move.
 */
@Timeout(30)
class EnumeratorSpreadTest extends EnumeratorRig {

    // ------------------------------------------------------------------------- when one moves

    @Test
    void readersAtMostOneApartAreAskedForNothing() {
        Life life = new Life(2, Optional.empty(), "a", "b", "c");
        life.enumerator.start();
        life.reader(0, "r0");
        life.reader(1, "r1");
        life.pass(TERMS.duration());

        assertThat(life.context.assigned.get(0)).hasSize(2);
        assertThat(life.context.assigned.get(1)).hasSize(1);
        assertThat(sent(life, FreezeRequested.class)).isEmpty();
    }

    @Test
    void whatAReaderHasTooMuchIsAskedOfItOnce() {
        Life life = lopsided();
        life.pass(TERMS.duration());

        assertThat(sent(life, FreezeRequested.class))
                .containsExactly(new FreezeRequested("r0", Map.of("a", 1L)));
    }

    @Test
    void noReaderIsAskedBeforeAllHaveStarted() {
        Life life = oneHasAllOfThree();

        started(life, 1, "r1");
        life.pass(TERMS.duration());
        assertThat(sent(life, FreezeRequested.class)).isEmpty();
        started(life, 2, "r2");

        assertThat(sent(life, FreezeRequested.class))
                .containsExactly(new FreezeRequested("r0", Map.of("a", 1L, "b", 2L)));
    }

    /** One that finishes early would get splits whose records are late for windows by then. */
    @Test
    void overABoundedSourceNoReaderIsAsked() {
        bounded = true;
        Life life = oneHasAllOfThree();

        started(life, 1, "r1");
        started(life, 2, "r2");
        life.pass(TERMS.duration());

        assertThat(sent(life, FreezeRequested.class)).isEmpty();
    }

    /** It has failed, and what it had is about to come back. */
    @Test
    void noReaderIsAskedWhileFlinkDoesNotKnowAllOfThem() {
        Life life = oneHasAllOfThree();

        started(life, 2, "r2");
        life.context.registered.remove(2);
        started(life, 1, "r1");

        assertThat(sent(life, FreezeRequested.class)).isEmpty();
    }

    /** The other two are registered, and have not started yet. */
    private Life oneHasAllOfThree() {
        Life life = new Life(3, Optional.empty(), "a", "b", "c", "d");
        life.enumerator.start();
        life.reader(0, "r0");
        life.reader(1, "r1 before");
        life.reader(2, "r2 before");
        life.pass(TERMS.renewInterval());
        for (int subtask : List.of(1, 2)) {
            life.gone(subtask);
            life.register(subtask, List.copyOf(life.context.assigned.get(subtask)));
        }
        life.pass(TERMS.renewInterval());
        assertThat(life.context.assigned.get(0)).hasSize(bounded ? 3 : 4);
        return life;
    }

    /** They are its own: it has the fewest. */
    @Test
    void noReaderIsAskedWhileTheSplitsOfOneThatFailedComeBack() {
        Life life = new Life(2, Optional.empty(), "a", "b", "c", "d");
        life.enumerator.start();
        life.reader(0, "r0");
        life.reader(1, "r1");
        life.pass(TERMS.renewInterval());
        List<LeasedSplit<MemoryQueueSplit>> had = List.copyOf(life.context.assigned.get(1));
        life.enumerator.handleSourceEvent(1, new GrantRequested("r1", now));

        life.gone(1);
        // Of one of the two its state has no position.
        life.reader(1, "r1 again", List.of(had.get(0)));
        life.pass(TERMS.duration());

        assertThat(life.context.assigned.get(1)).hasSize(4);
        assertThat(life.context.assigned.get(0)).hasSize(2);
        assertThat(sent(life, FreezeRequested.class)).isEmpty();
    }

    @Test
    void whenAHandoffHasEmptiedAReaderItGetsOneOfAnother() throws Exception {
        Life life = new Life(2, Optional.empty(), "a", "b", "c", "d");
        life.enumerator.start();
        life.reader(0, "r0");
        life.reader(1, "r1");
        life.pass(TERMS.renewInterval());
        List<String> leave =
                life.context.assigned.get(1).stream().map(LeasedSplit::leaseId).toList();
        leave.forEach(splitId -> claim(life, splitId, Claim.Kind.ASK));
        assertThat(sent(life, FreezeRequested.class))
                .extracting(FreezeRequested::readerId)
                .containsOnly("r1");

        checkpoint(
                life,
                1,
                1,
                frozen(
                        "r1",
                        1,
                        Map.of(leave.get(0), 1L, leave.get(1), 2L),
                        at(life, leave.get(0), 10),
                        at(life, leave.get(1), 10)));
        life.pass(TERMS.renewInterval());

        assertThat(sent(life, FreezeRequested.class))
                .filteredOn(request -> request.readerId().equals("r0"))
                .hasSize(1);
    }

    @Test
    void nothingMoreIsAskedWhileAClaimStands() throws Exception {
        Life life = failedOver();
        claim(life, "b", Claim.Kind.ASK);
        started(life, 1, "r1");
        life.pass(TERMS.renewInterval());
        assertThat(sent(life, FreezeRequested.class))
                .containsExactly(new FreezeRequested("r0", Map.of("b", 1L)));

        checkpoint(life, 1, 0, frozen("r0", 1, Map.of("b", 1L), at(life, "b", 10)));
        life.pass(TERMS.renewInterval());

        assertThat(sent(life, FreezeRequested.class))
                .endsWith(new FreezeRequested("r0", Map.of("a", 2L)));
    }

    /** Where Flink gives restored splits to readers themselves, whatever their number. */
    @Test
    void whatOneReadersStateHeldIsSpreadWhenItHasBeenGrantedAnew() throws Exception {
        Life life = new Life(2, Optional.empty());
        life.enumerator.start();
        life.register(0);
        life.enumerator.handleSourceEvent(
                0, new ReaderStarted("r0", List.of(position(unread("a")), position(unread("b")))));
        life.reader(1, "r1");
        life.pass(TERMS.renewInterval());
        assertThat(life.context.assigned.get(0)).hasSize(2);
        assertThat(life.context.assigned.get(1)).isNull();

        checkpoint(
                life, 1, 0, frozen("r0", 1, Map.of("a", 1L), at(life, "a", 10), at(life, "b", 10)));

        assertThat(life.context.assigned.get(1))
                .extracting(split -> split.inner().position())
                .containsExactly(10);
    }

    // ------------------------------------------------------------------------- how it moves

    @Test
    void whatStandsStillInACompleteCheckpointGoesOnWithTheReaderThatHasTheFewest()
            throws Exception {
        Life life = lopsided();
        LeasedSplit<MemoryQueueSplit> before = split(life, "a");

        moved(life, 1);

        LeasedSplit<MemoryQueueSplit> after = life.context.assigned.get(1).get(1);
        assertThat(after.inner()).isEqualTo(new MemoryQueueSplit("a", 20, 100));
        assertThat(after.grantedTo()).contains("r1");
        assertThat(after.epoch()).isGreaterThan(before.epoch());
        assertThat(after.tenure()).isEqualTo(before.tenure());
        assertThat(sent(life, DropRequested.class))
                .containsExactly(new DropRequested("r0", Set.of("a")));
        assertThat(owner("a")).contains("blue");
        life.pass(TERMS.duration());
        assertThat(sent(life, FreezeRequested.class)).hasSize(1);
    }

    @Test
    void aCheckpointInWhichItDoesNotStandStillMovesNothing() throws Exception {
        Life life = lopsided();

        checkpoint(life, 1, 0, report("r0", 1, at(life, "a", 10), at(life, "b", 10)));

        assertThat(sent(life, DropRequested.class)).isEmpty();
        assertThat(life.context.assigned.get(1)).hasSize(1);
    }

    @Test
    void whenItsCheckpointFailsALaterOneDoesIt() throws Exception {
        Life life = lopsided();
        life.enumerator.snapshotState(1);
        life.enumerator.handleSourceEvent(0, frozen("r0", 1, Map.of("a", 1L), at(life, "a", 20)));
        life.enumerator.notifyCheckpointAborted(1);
        life.pass(TERMS.renewInterval());
        assertThat(life.context.assigned.get(1)).hasSize(1);

        moved(life, 2);

        assertThat(life.context.assigned.get(1)).hasSize(2);
    }

    /** Flink does not go back to it by itself, and does not say that it is complete. */
    @Test
    void aSavepointInWhichItStandsStillMovesNothing() throws Exception {
        Life life = lopsided();
        life.enumerator.snapshotState(2);
        life.enumerator.handleSourceEvent(0, frozen("r0", 2, Map.of("a", 1L), at(life, "a", 20)));

        // One that began before, in which it did not stand still, completes behind it.
        checkpoint(life, 1, 0, report("r0", 1, at(life, "a", 10)));

        assertThat(sent(life, DropRequested.class)).isEmpty();
        assertThat(life.context.assigned.get(1)).hasSize(1);
    }

    /** Or a restart from one of them would lose it, or read it twice. */
    @Test
    void inEachCheckpointEitherAReaderHasItOrTheEnumerator() throws Exception {
        Life life = lopsided();
        life.enumerator.snapshotState(1);
        life.enumerator.handleSourceEvent(0, frozen("r0", 1, Map.of("a", 1L), at(life, "a", 20)));
        assertThat(life.enumerator.snapshotState(2).withheld()).isEmpty();
        assertThat(sent(life, DropRequested.class)).isEmpty();

        life.enumerator.notifyCheckpointComplete(1);
        assertThat(sent(life, DropRequested.class)).hasSize(1);
        assertThat(life.enumerator.snapshotState(3).withheld())
                .extracting(LeasedSplit::inner)
                .containsExactly(new MemoryQueueSplit("a", 20, 100));

        life.settle();
        assertThat(life.context.assigned.get(1)).hasSize(2);
        assertThat(life.enumerator.snapshotState(4).withheld()).isEmpty();
    }

    /** One behind, as ever: where it stood still is recorded in the epoch in which it goes on. */
    @Test
    void whatMovesIsRecordedInTheEpochItIsIn() throws Exception {
        Life life = lopsided();
        checkpoint(life, 1, 0, report("r0", 1, at(life, "a", 10)));
        LeasedSplit<MemoryQueueSplit> before = split(life, "a");
        moved(life, 2);
        long after = split(life, "a").epoch();
        // This one was under way when the reader was told.
        checkpoint(life, 3, 0, frozen("r0", 3, Map.of("a", 1L), position(at20(before))));
        checkpoint(life, 4, 1, report("r1", 4, at(life, "a", 30)));
        checkpoint(life, 5, 1, report("r1", 5, at(life, "a", 40)));

        assertThat(recordedOf(life, "a"))
                .containsExactly(before.epoch() + "@1", after + "@2", after + "@4");
        assertThat(progressTakenBy(green.joined(), "a")).isEqualTo("30 100 a");
    }

    @Test
    void aSplitThatEndsMeanwhileStaysToBeRecordedAsFinished() throws Exception {
        Life life = lopsided();
        LeasedSplit<MemoryQueueSplit> a = split(life, "a");
        checkpoint(life, 1, 0, report("r0", 1, position(a.asFinished())));
        checkpoint(life, 2, 0, report("r0", 2, position(a.asFinished())));

        assertThat(life.finished("a")).isTrue();
        assertThat(sent(life, DropRequested.class)).isEmpty();
        life.pass(TERMS.duration());
        // Two are left, and r1 has none of them.
        assertThat(sent(life, FreezeRequested.class)).hasSize(2);
    }

    // ------------------------------------------------------------------------- claims

    @Test
    void aClaimOnTheWayGoesFirst() throws Exception {
        Life life = lopsided();
        life.enumerator.snapshotState(1);
        life.enumerator.handleSourceEvent(0, frozen("r0", 1, Map.of("a", 1L), at(life, "a", 20)));
        claim(life, "a", Claim.Kind.ASK);
        assertThat(sent(life, FreezeRequested.class)).hasSize(1);

        life.enumerator.notifyCheckpointComplete(1);
        life.settle();

        assertThat(owner("a")).isEmpty();
        assertThat(progressTakenBy(green, "a")).isEqualTo("20 100 a");
        assertThat(life.context.assigned.get(1)).hasSize(1);
        assertThat(life.enumerator.snapshotState(2).withheld()).isEmpty();
    }

    @Test
    void whatIsForcedOnTheWayIsStoppedUnderTheSameNumber() throws Exception {
        Life life = lopsided();
        claim(life, "a", Claim.Kind.FORCE);
        assertThat(sent(life, StopRequested.class))
                .containsExactly(new StopRequested("r0", Map.of("a", 1L)));

        green.taking("a");
        life.pass(TERMS.renewInterval());
        checkpoint(life, 1, 0, frozen("r0", 1, Map.of("a", 1L), at(life, "a", 20)));

        assertThat(owner("a")).contains("green");
        assertThat(life.context.assigned.get(1)).hasSize(1);
        assertThat(life.enumerator.snapshotState(2).withheld()).isEmpty();
    }

    @Test
    void whenTheClaimOnItIsOverItGoesOnAndIsAskedForAnew() throws Exception {
        Life life = lopsided();
        claim(life, "a", Claim.Kind.ASK);
        withdraw(life, "a");
        assertThat(sent(life, FreezeWithdrawn.class))
                .containsExactly(new FreezeWithdrawn("r0", Set.of("a")));
        assertThat(sent(life, FreezeRequested.class))
                .endsWith(new FreezeRequested("r0", Map.of("a", 2L)));

        // It stood still for the first request, and has gone on since.
        checkpoint(life, 1, 0, frozen("r0", 1, Map.of("a", 1L), at(life, "a", 20)));

        assertThat(life.context.assigned.get(1)).hasSize(1);
    }

    @Test
    void whatIsClaimedBeforeItIsAcquiredAnewIsAskedOfItsNextReader() throws Exception {
        Life life = lopsided();
        life.enumerator.snapshotState(1);
        life.enumerator.handleSourceEvent(0, frozen("r0", 1, Map.of("a", 1L), at(life, "a", 20)));
        life.enumerator.notifyCheckpointComplete(1);
        claim(life, "a", Claim.Kind.ASK);

        assertThat(life.context.assigned.get(1)).hasSize(2);
        assertThat(sent(life, FreezeRequested.class))
                .endsWith(new FreezeRequested("r1", Map.of("a", 2L)));
        checkpoint(life, 2, 1, frozen("r1", 2, Map.of("a", 2L), at(life, "a", 30)));
        assertThat(progressTakenBy(green, "a")).isEqualTo("30 100 a");
    }

    @Test
    void whatIsForcedBeforeItIsAcquiredAnewGoesToNoReader() throws Exception {
        Life life = lopsided();
        green.joined();
        life.pass(TERMS.renewInterval());
        life.enumerator.snapshotState(1);
        life.enumerator.handleSourceEvent(0, frozen("r0", 1, Map.of("a", 1L), at(life, "a", 20)));
        life.enumerator.notifyCheckpointComplete(1);
        claim(life, "a", Claim.Kind.FORCE);
        life.pass(TERMS.renewInterval());
        green.taking("a");
        life.pass(TERMS.renewInterval());

        assertThat(life.context.assigned.get(1)).hasSize(1);
        assertThat(life.enumerator.snapshotState(2).withheld()).isEmpty();
        assertThat(owner("a")).contains("green");
    }

    // ------------------------------------------------------------------------- readers fail

    @Test
    void ifItsReaderFailsBeforeTheCheckpointIsCompleteItGoesOnFromTheOneBefore() throws Exception {
        Life life = lopsided();
        List<LeasedSplit<MemoryQueueSplit>> had = had(life);
        life.enumerator.snapshotState(1);
        life.enumerator.handleSourceEvent(0, frozen("r0", 1, Map.of("a", 1L), at(life, "a", 20)));
        life.gone(0);
        life.enumerator.notifyCheckpointComplete(1);
        life.reader(0, "r0 again", had);
        life.pass(TERMS.duration());

        assertThat(split(life, "a").inner().position()).isZero();
        assertThat(lease("a").epoch()).isEqualTo(split(life, "a").epoch());
        // Each once more, and even: those that failed came back to the one with the fewest.
        assertThat(life.context.assigned.values().stream().mapToInt(List::size).sum())
                .isEqualTo(3 + 1 + 3);
    }

    @Test
    void ifItsFormerReaderFailsBeforeItIsAcquiredAnewItGoesOnAtTheSamePositionOnce()
            throws Exception {
        Life life = lopsided();
        LeasedSplit<MemoryQueueSplit> a = at20(split(life, "a"));
        List<LeasedSplit<MemoryQueueSplit>> had = List.of(a, split(life, "b"), split(life, "c"));
        life.enumerator.snapshotState(1);
        life.enumerator.handleSourceEvent(0, frozen("r0", 1, Map.of("a", 1L), position(a)));
        life.enumerator.notifyCheckpointComplete(1);
        life.gone(0);
        life.reader(0, "r0 again", had);
        life.pass(TERMS.duration());

        assertThat(assignmentsOf(life, "a")).isEqualTo(2);
        assertThat(split(life, "a").inner().position()).isEqualTo(20);
        assertThat(lease("a").epoch()).isEqualTo(split(life, "a").epoch());
    }

    /** Rule S1: its state is of a time when it still had the split. */
    @Test
    void ifItsFormerReaderFailsAfterItMovedItDoesNotGetItBack() throws Exception {
        Life life = lopsided();
        LeasedSplit<MemoryQueueSplit> a = at20(split(life, "a"));
        List<LeasedSplit<MemoryQueueSplit>> had = List.of(a, split(life, "b"), split(life, "c"));
        moved(life, 1);
        LeasedSplit<MemoryQueueSplit> after = split(life, "a");
        life.gone(0);
        life.reader(0, "r0 again", had);
        life.pass(TERMS.duration());

        assertThat(split(life, "a")).isEqualTo(after);
        assertThat(lease("a").epoch()).isEqualTo(after.epoch());
        assertThat(life.enumerator.snapshotState(2).withheld()).isEmpty();
    }

    /** Else another job that starts from that checkpoint takes it for read by others since. */
    @Test
    void ifBothItsReadersFailItIsWithheldInTheEpochItWasLastReadIn() throws Exception {
        Life life = lopsided();
        List<LeasedSplit<MemoryQueueSplit>> had =
                List.of(at20(split(life, "a")), split(life, "b"), split(life, "c"));
        moved(life, 1);
        LeasedSplit<MemoryQueueSplit> after = split(life, "a");
        life.gone(1, List.of(after));
        life.gone(0);
        life.register(0, had);

        assertThat(life.enumerator.snapshotState(2).withheld())
                .filteredOn(split -> split.leaseId().equals("a"))
                .containsExactly(ungranted(after));
    }

    /** Where Flink gives restored splits to readers themselves. */
    @Test
    void aReaderWhoseOwnStateHoldsWhatHasMovedIsToldToForgetIt() throws Exception {
        Life life = lopsided();
        LeasedSplit<MemoryQueueSplit> a = at20(split(life, "a"));
        LeasedSplit<MemoryQueueSplit> b = split(life, "b");
        moved(life, 1);
        LeasedSplit<MemoryQueueSplit> after = split(life, "a");
        life.gone(0);
        life.register(0);
        life.enumerator.handleSourceEvent(
                0, new ReaderStarted("r0 again", List.of(position(a), position(b))));
        life.pass(TERMS.duration());

        assertThat(sent(life, DropRequested.class))
                .endsWith(new DropRequested("r0 again", Set.of("a")))
                .hasSize(2);
        assertThat(split(life, "a")).isEqualTo(after);
        // It is not tied to the one that had it long ago.
        life.gone(0);
        life.gone(1, List.of(after));
        life.reader(1, "r1 again");
        life.pass(TERMS.duration());
        assertThat(split(life, "a").epoch()).isGreaterThan(after.epoch());
        assertThat(split(life, "a").grantedTo()).contains("r1 again");
    }

    @Test
    void ifItsNextReaderFailsBeforeACheckpointItGoesOnWhereItWasMoved() throws Exception {
        Life life = lopsided();
        moved(life, 1);
        LeasedSplit<MemoryQueueSplit> after = split(life, "a");
        life.gone(1, List.of(after));
        life.reader(1, "r1 again");
        life.pass(TERMS.duration());

        assertThat(split(life, "a").inner()).isEqualTo(after.inner());
        assertThat(split(life, "a").epoch()).isGreaterThan(after.epoch());
        assertThat(assignmentsOf(life, "a")).isEqualTo(3);
    }

    // ------------------------------------------------------------------------- the job fails

    /** The reader's state has it still. */
    @Test
    void aJobThatGoesBackToTheCheckpointItStoodStillInGoesOnThere() throws Exception {
        Life life = lopsided();
        LeasedSplit<MemoryQueueSplit> a = at20(split(life, "a"));
        List<LeasedSplit<MemoryQueueSplit>> had = List.of(a, split(life, "b"), split(life, "c"));
        LeasedEnumeratorState<MemoryQueueSplit, String> state = life.enumerator.snapshotState(1);
        life.enumerator.handleSourceEvent(0, frozen("r0", 1, Map.of("a", 1L), position(a)));
        life.enumerator.notifyCheckpointComplete(1);
        life.settle();
        life.close();

        assertGoesOn(restarted(state, had));
    }

    /** The reader has let it go, and no other had it yet. */
    @Test
    void aJobThatGoesBackToTheNextCheckpointGoesOnThereToo() throws Exception {
        Life life = lopsided();
        LeasedSplit<MemoryQueueSplit> a = at20(split(life, "a"));
        List<LeasedSplit<MemoryQueueSplit>> had = List.of(split(life, "b"), split(life, "c"));
        life.enumerator.snapshotState(1);
        life.enumerator.handleSourceEvent(0, frozen("r0", 1, Map.of("a", 1L), position(a)));
        life.enumerator.notifyCheckpointComplete(1);
        LeasedEnumeratorState<MemoryQueueSplit, String> state = life.enumerator.snapshotState(2);
        life.settle();
        life.close();

        assertGoesOn(restarted(state, had));
    }

    private Life restarted(
            LeasedEnumeratorState<MemoryQueueSplit, String> state,
            List<LeasedSplit<MemoryQueueSplit>> had) {
        Life next = new Life(2, Optional.of(state));
        next.enumerator.start();
        next.settle();
        next.reader(0, "s0", had);
        next.reader(1, "s1");
        next.pass(TERMS.duration());
        return next;
    }

    private void assertGoesOn(Life next) {
        assertThat(assignmentsOf(next, "a")).isEqualTo(1);
        assertThat(split(next, "a").inner().position()).isEqualTo(20);
        assertThat(lease("a").epoch()).isEqualTo(split(next, "a").epoch());
        assertThat(next.context.assigned.get(0)).hasSize(2);
        assertThat(next.context.assigned.get(1)).hasSize(1);
    }

    // ------------------------------------------------------------------------- pieces

    private Life lopsided() {
        Life life = failedOver();
        started(life, 1, "r1");
        return life;
    }

    /** While r1, which had b, was on its way, r0 got that too. */
    private Life failedOver() {
        Life life = new Life(2, Optional.empty(), "a", "b", "c");
        life.enumerator.start();
        life.reader(0, "r0");
        life.reader(1, "r1 before");
        life.pass(TERMS.renewInterval());
        life.gone(1);
        life.register(1, List.copyOf(life.context.assigned.get(1)));
        life.pass(TERMS.renewInterval());
        assertThat(life.context.assigned.get(0))
                .extracting(LeasedSplit::leaseId)
                .containsExactlyInAnyOrder("a", "b", "c");
        return life;
    }

    private static void started(Life life, int subtask, String readerId) {
        life.enumerator.handleSourceEvent(subtask, new ReaderStarted(readerId, List.of()));
        life.settle();
    }

    private static void checkpoint(Life life, long id, int subtask, Positions report)
            throws Exception {
        life.enumerator.snapshotState(id);
        life.enumerator.handleSourceEvent(subtask, report);
        life.enumerator.notifyCheckpointComplete(id);
        life.settle();
    }

    /** Completes a checkpoint in which a stands still, at 20, for the first request. */
    private static void moved(Life life, long checkpointId) throws Exception {
        checkpoint(
                life,
                checkpointId,
                0,
                frozen("r0", checkpointId, Map.of("a", 1L), at(life, "a", 20)));
    }

    private static List<LeasedSplit<MemoryQueueSplit>> had(Life life) {
        return List.of(split(life, "a"), split(life, "b"), split(life, "c"));
    }

    private static LeasedSplit<MemoryQueueSplit> at20(LeasedSplit<MemoryQueueSplit> a) {
        return a.at(new MemoryQueueSplit("a", 20, 100));
    }

    /** As the state of a job holds a split that it never read of. */
    private static LeasedSplit<MemoryQueueSplit> unread(String splitId) {
        return new LeasedSplit<>(
                new MemoryQueueSplit(splitId, 0, 100), 0, 0, false, Optional.empty());
    }

    private static long assignmentsOf(Life life, String splitId) {
        return life.context.assigned.values().stream()
                .flatMap(List::stream)
                .filter(split -> split.leaseId().equals(splitId))
                .count();
    }

    /** The epoch and the checkpoint of each position that was recorded. */
    private static List<String> recordedOf(Life life, String splitId) {
        return life.requests.stream()
                .filter(OwnershipRequest.Record.class::isInstance)
                .flatMap(request -> ((OwnershipRequest.Record) request).splits().stream())
                .filter(recorded -> recorded.splitId().equals(splitId))
                .map(recorded -> recorded.epoch() + "@" + recorded.progress().checkpointId())
                .toList();
    }
}
