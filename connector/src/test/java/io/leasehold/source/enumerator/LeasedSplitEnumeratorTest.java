package io.leasehold.source.enumerator;

import io.leasehold.lease.model.Balance;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.lease.store.SplitRequest;
import io.leasehold.source.event.LeaseSourceEvent.BarrierAhead;
import io.leasehold.source.event.LeaseSourceEvent.FinishRecorded;
import io.leasehold.source.event.LeaseSourceEvent.GrantExtended;
import io.leasehold.source.event.LeaseSourceEvent.GrantRequested;
import io.leasehold.source.event.LeaseSourceEvent.Positions;
import io.leasehold.source.split.LeasedSplit;
import io.leasehold.testkit.ScriptedMember;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.apache.flink.testutils.logging.LoggerAuditingExtension;

import org.assertj.core.data.Offset;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.event.Level;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(30)
class LeasedSplitEnumeratorTest extends EnumeratorRig {

    @RegisterExtension
    static final LoggerAuditingExtension LOGGED =
            new LoggerAuditingExtension(LeaseEventLog.class, Level.WARN);

    // ---------------------------------------------------------------------------- assignment

    @Test
    void splitsAreSharedByAllReadersHoweverEarlyTheyAreAcquired() {
        Life life = new Life(2, Optional.empty(), "a", "b", "c", "d");
        life.enumerator.start();
        life.settle();

        life.reader(0, "r0");
        life.settle();
        life.reader(1, "r1");
        life.pass(TERMS.renewInterval());

        assertThat(life.context.assigned.get(0)).hasSize(2);
        assertThat(life.context.assigned.get(1)).hasSize(2);
    }

    /** It would take it for the word that it gets none, and event time would go on without it. */
    @Test
    void aReaderWithoutSplitsIsGrantedNothingWhileSomeAreOnTheirWay() {
        Life life = new Life(3, Optional.empty(), "a", "b");
        life.enumerator.start();
        life.reader(0, "r0");
        life.reader(1, "r1");
        life.reader(2, "r2");
        assertThat(life.grants(2, "r2")).isFalse();
        life.pass(TERMS.renewInterval());
        assertThat(life.context.assigned).containsOnlyKeys(0, 1);
        assertThat(life.grants(2, "r2")).isTrue();

        assertThat(life.grants(1, "r1")).isTrue();
        LeasedSplit<MemoryQueueSplit> split = life.context.assigned.get(1).get(0);
        life.gone(1);
        life.reader(1, "r3", List.of(split));

        assertThat(life.grants(0, "r0")).isTrue();
        assertThat(life.grants(1, "r3")).isFalse();
        life.pass(TERMS.readerGrant().dividedBy(2));
        assertThat(life.context.assigned.get(1)).as("waits for r1").hasSize(1);
        assertThat(life.grants(1, "r3")).isFalse();
        life.pass(TERMS.duration());
        assertThat(life.grants(1, "r3")).isTrue();
    }

    /** They are idle, and a savepoint that drains the job would not close their windows. */
    @Test
    void readersWithoutSplitsAreToldThatABarrierIsAhead() throws Exception {
        Life life = new Life(2, Optional.empty(), "a");
        life.enumerator.start();
        life.reader(0, "r0");
        life.reader(1, "r1");
        life.pass(TERMS.renewInterval());
        assertThat(life.context.assigned).containsOnlyKeys(0);

        life.enumerator.snapshotState(7);

        assertThat(sent(life, BarrierAhead.class)).containsExactly(new BarrierAhead("r1", 7));
    }

    // -------------------------------------------------------------------------------- bounds

    /** One id names two splits: either would be taken for the other, and one never read. */
    @Test
    void whereTheTableHasOtherBoundsThanItsSourceTheJobFails() {
        boundsOf = split -> "up to " + split.end();
        ScriptedMember other =
                new ScriptedMember(table.open(), "orders", new Incarnation("other", "1")).joined();
        MemoryQueueSplit shorter = new MemoryQueueSplit("bounded-a", 7, 50);
        ScriptedMember.applied(
                other.send(
                        new SplitRequest.Discover(
                                "orders",
                                other.self(),
                                List.of(
                                        new SplitRequest.Discover.NewSplit(
                                                "bounded-a",
                                                Set.of(),
                                                new Progress(
                                                        SERIALIZER.serialize(shorter),
                                                        1,
                                                        "shorter",
                                                        0))))));
        ScriptedMember.applied(other.close(other, Optional.empty()));

        Life life = new Life(1, Optional.empty(), "bounded-a");
        life.enumerator.start();

        assertThatThrownBy(
                        () -> {
                            life.settle();
                            life.reader(0, "r0");
                            life.pass(TERMS.renewInterval());
                        })
                .isInstanceOf(OtherSplitException.class)
                .hasMessageStartingWith(
                        "The split 'bounded-a' is up to 100 in this job, but up to 50 in the lease table");
        assertThat(life.context.assigned).isEmpty();
    }

    // ---------------------------------------------------------------------------------- load

    @Test
    void whatReadersEmitIsMeasuredWhereSplitsAreSharedByLoad() throws Exception {
        share = new Share(1, Share.ANY_NUMBER, Balance.LOAD);
        Life life = new Life(1, Optional.empty(), "a", "b");
        life.enumerator.start();
        life.settle();
        life.reader(0, "r0");
        life.pass(TERMS.renewInterval());

        for (int i = 1; i <= 3; i++) {
            life.pass(Duration.ofSeconds(2));
            life.checkpoint(
                    i, new Positions("r0", i, List.of(), Map.of(), Map.of("a", 80L * i, "b", 1L)));
        }

        SplitRequest.Rate rate =
                life.requests.stream()
                        .filter(SplitRequest.Rate.class::isInstance)
                        .map(SplitRequest.Rate.class::cast)
                        .findFirst()
                        .orElseThrow();
        assertThat(rate.splits()).extracting(SplitRequest.Rate.Rated::splitId).containsExactly("a");
        assertThat(rate.splits().get(0).perSecond()).isCloseTo(40, Offset.offset(0.1));
    }

    // ------------------------------------------------------------------------------- metrics

    @Test
    void whatItHoldsAndHowLongIsShown() {
        Life life = reading("a", "b");

        assertThat(life.shown("leasesHeld")).isEqualTo(2);
        assertThat(life.shown("leasesWanted")).isEqualTo(2);
        assertThat(life.shown("acquires")).isEqualTo(2);
        assertThat(life.shown("membersAlive")).isEqualTo(1);
        assertThat(life.shown("renewalLatency")).isZero();
        assertThat(life.shown("remainingValidity") + life.shown("renewalAge"))
                .isBetween(TERMS.duration().toMillis() - 1, TERMS.duration().toMillis());
        life.close();
        assertThat(life.context.reported.names()).isEmpty();
    }

    @Test
    void aSplitThatNobodyHasRoomForIsShown() {
        share = new Share(1, 1, Balance.COUNT);

        assertThat(reading("a", "b").shown("splitsUnassigned")).isEqualTo(1);
    }

    @Test
    void aSplitThatCannotBeReadIsShown() {
        ScriptedMember green = green();
        green.discover("no position");
        green.close(green, Optional.empty());
        Life life = reading("a", "no position");

        assertThat(life.shown("splitsUnreadable")).isEqualTo(1);
        assertThat(life.shown("releases")).isEqualTo(1);
    }

    /** Rule S6 does not hold for it: another job consumed it in between. */
    @Test
    void aSplitThatGoesOnFromTheTableThoughItIsInTheStateIsShown() {
        Life life = reading("a");
        LeasedSplit<MemoryQueueSplit> split = life.context.assigned.get(0).get(0);
        life.close();
        ScriptedMember green = green();
        Lease taken = green.taking("a");
        green.release(taken, Optional.of(ScriptedMember.position("30 100 a", 7)));
        green.close(green, Optional.empty());

        Life next = restored(split);

        assertThat(next.context.assigned.get(0))
                .extracting(again -> again.inner().position())
                .containsExactly(30);
        assertThat(next.shown("restoredFromTable")).isEqualTo(1);
        assertThat(next.shown("restoredFromState")).isZero();
        assertThat(next.shown("restoredElsewhere")).isZero();
    }

    @Test
    void aSplitOfTheStateThatAnotherHoldsIsShown() {
        Life life = reading("a");
        LeasedSplit<MemoryQueueSplit> split = life.context.assigned.get(0).get(0);
        life.close();
        green().taking("a");

        Life next = restored(split);

        assertThat(next.context.assigned).isEmpty();
        assertThat(next.shown("restoredElsewhere")).isEqualTo(1);
        assertThat(next.shown("restoredFromTable")).isZero();
    }

    private Life reading(String... splits) {
        Life life = new Life(1, Optional.empty(), splits);
        life.enumerator.start();
        life.settle();
        life.reader(0, "r0");
        life.pass(TERMS.renewInterval());
        return life;
    }

    private Life restored(LeasedSplit<MemoryQueueSplit> split) {
        Life life = new Life(1, Optional.empty());
        life.enumerator.start();
        life.settle();
        life.reader(0, "r1", List.of(split));
        life.pass(TERMS.renewInterval());
        return life;
    }

    private ScriptedMember green() {
        return new ScriptedMember(table.open(), "orders", new Incarnation("green", "green-1"))
                .joined();
    }

    // ---------------------------------------------------------------------------- checkpoints

    /** The wrapped enumerator takes it for given away, and does not say it again. */
    @Test
    void whatHasNoLeaseYetIsInTheCheckpoint() throws Exception {
        Life life = new Life(1, Optional.empty(), "a");
        life.enumerator.start();
        LeasedEnumeratorState<MemoryQueueSplit, String> state = life.enumerator.snapshotState(1);

        Life next = new Life(1, Optional.of(state));
        next.enumerator.start();
        next.settle();
        next.reader(0, "r0");
        next.pass(TERMS.renewInterval());

        assertThat(state.discovered()).containsExactly(new MemoryQueueSplit("a", 0, 100));
        assertThat(next.context.assigned.get(0))
                .extracting(LeasedSplit::inner)
                .containsExactly(new MemoryQueueSplit("a", 0, 100));
        assertThat(next.enumerator.snapshotState(2).discovered()).isEmpty();
    }

    /** Bad input stops nothing else: as where its progress cannot be read. */
    @Test
    void aSplitWhoseBoundsCannotBeComparedIsLeftAlone() {
        Set<String> found = new HashSet<>();
        boundsOf =
                split -> {
                    if (!found.add(split.splitId()) && split.splitId().equals("a")) {
                        throw new IllegalStateException("on purpose");
                    }
                    return "";
                };
        Life life = new Life(1, Optional.empty(), "a", "b");
        life.enumerator.start();
        life.settle();
        life.reader(0, "r0");
        life.pass(TERMS.duration());

        assertThat(life.context.assigned.get(0))
                .extracting(LeasedSplit::leaseId)
                .containsExactly("b");
        assertThat(owner("a")).isEmpty();
    }

    // ------------------------------------------------------------------------------- closing

    /** Rule S1: whoever reads the row counts on no reader emitting for longer than it says. */
    @Test
    void whatIsSaidAtCloseCoversAGrantThatWasGivenMeanwhile() throws Exception {
        Life life = new Life(1, Optional.empty(), "a");
        life.enumerator.start();
        life.settle();
        life.reader(0, "r0");
        life.pass(TERMS.renewInterval());

        life.context.interruption = life::close;
        life.enumerator.handleSourceEvent(0, new GrantRequested("r0", now));

        Duration granted =
                life.context.sent.stream()
                        .filter(GrantExtended.class::isInstance)
                        .map(event -> Duration.ofNanos(((GrantExtended) event).nanos()))
                        .findFirst()
                        .orElse(Duration.ZERO);
        assertThat(life.row().emitsFor()).isGreaterThanOrEqualTo(granted);
    }

    /** The same, however far the granting has come when another thread closes the enumerator. */
    @Test
    void whatIsSaidAtCloseCoversAGrantThatIsBeingGiven() throws Exception {
        Life life = reading("a");
        Thread closing = new Thread(life::close);
        long granting = Thread.currentThread().getId();
        clockIsRead =
                () -> {
                    if (Thread.currentThread() != closing) {
                        if (closing.getState() == Thread.State.NEW) {
                            closing.start();
                        }
                        Awaitility.await()
                                .until(() -> !closing.isAlive() || waitsFor(closing) == granting);
                    }
                };

        life.enumerator.handleSourceEvent(0, new GrantRequested("r0", now));
        clockIsRead = () -> {};
        closing.join();

        Duration granted =
                sent(life, GrantExtended.class).stream()
                        .map(event -> Duration.ofNanos(event.nanos()))
                        .findFirst()
                        .orElse(Duration.ZERO);
        assertThat(granted).isPositive();
        assertThat(life.row().emitsFor()).isGreaterThanOrEqualTo(granted);
    }

    /** The thread that has the lock which a thread waits for; -1 if it waits for none. */
    private static long waitsFor(Thread thread) {
        ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(thread.getId());
        return info == null ? -1 : info.getLockOwnerId();
    }

    /** Whatever was under way when it was closed: readers are to be sent nothing any more. */
    @Test
    void anAnswerThatComesAfterwardsChangesNothing() {
        // What was its own it acquires at once.
        reading("a").close();
        boolean acquiredAfterwards = false;
        for (int steps = 0; steps < 20; steps++) {
            Life life = new Life(1, Optional.empty(), "a");
            life.enumerator.start();
            life.reader(0, "r0");
            for (int step = 0; step < steps; step++) {
                if (life.io.numQueuedRunnables() > 0) {
                    life.io.trigger();
                } else {
                    life.io.triggerNonPeriodicScheduledTasks();
                }
                life.context.triggerAllActions();
            }
            boolean assigned = life.context.assigned.containsKey(0);
            boolean acquired = acquires(life);

            life.close();

            acquiredAfterwards |= !acquired && acquires(life);
            assertThat(life.context.assigned.containsKey(0)).isEqualTo(assigned);
        }
        assertThat(acquiredAfterwards).isTrue();
    }

    private static boolean acquires(Life life) {
        return life.requests.stream().anyMatch(OwnershipRequest.Acquire.class::isInstance);
    }

    // ------------------------------------------------------------------------------- the end

    /** Nobody would report the end of what it is sent after that. */
    @Test
    void aReaderIsNotTheLastOneBeforeAllOthersHaveCome() throws Exception {
        bounded = true;
        Life life = new Life(3, Optional.empty(), "a", "b");
        life.enumerator.start();
        life.settle();

        life.reader(2, "r2");
        life.pass(TERMS.renewInterval());

        assertThat(life.context.toldNoMore).isEmpty();

        life.reader(0, "r0");
        life.reader(1, "r1");
        life.pass(TERMS.renewInterval());
        List<LeasedSplit<MemoryQueueSplit>> all =
                life.context.assigned.values().stream().flatMap(List::stream).toList();
        assertThat(all).hasSize(2);
        assertThat(life.context.toldNoMore).isEmpty();

        for (int checkpoint = 1; checkpoint <= 2; checkpoint++) {
            life.enumerator.snapshotState(checkpoint);
            for (int subtask : life.context.assigned.keySet()) {
                life.enumerator.handleSourceEvent(
                        subtask,
                        report(
                                "r" + subtask,
                                checkpoint,
                                position(life.context.assigned.get(subtask).get(0).asFinished())));
            }
            life.enumerator.notifyCheckpointComplete(checkpoint);
            life.pass(TERMS.renewInterval());
        }
        assertThat(life.context.toldNoMore).containsExactly(0, 1, 2);
    }

    /** It knows nothing of what the one before was told, and would never end. */
    @Test
    void aReaderThatComesAnewIsToldAgainThatThereIsNoMore() throws Exception {
        bounded = true;
        Life life = reading("a");
        LeasedSplit<MemoryQueueSplit> ended = life.context.assigned.get(0).get(0).asFinished();
        life.checkpoint(1, report("r0", 1, position(ended)));
        life.checkpoint(2, report("r0", 2, position(ended)));
        assertThat(life.context.toldNoMore).containsExactly(0);

        life.context.toldNoMore.clear();
        life.gone(0);
        life.reader(0, "r1");
        life.pass(TERMS.renewInterval());

        assertThat(life.context.toldNoMore).containsExactly(0);
    }

    /** Its state would hold it for ever. */
    @Test
    void whenTheEndOfASplitIsRecordedItsReaderIsTold() throws Exception {
        Life life = reading("a");
        LeasedSplit<MemoryQueueSplit> ended = life.context.assigned.get(0).get(0).asFinished();
        life.checkpoint(1, report("r0", 1, position(ended)));
        assertThat(sent(life, FinishRecorded.class)).isEmpty();
        life.checkpoint(2, report("r0", 2, position(ended)));

        assertThat(life.finished("a")).isTrue();
        assertThat(sent(life, FinishRecorded.class))
                .containsExactly(new FinishRecorded("r0", Set.of("a")));
    }

    /** Else a takeover just then would read three checkpoint intervals again, and not two. */
    @Test
    void whatACompleteCheckpointCoversIsRecordedThoughItsReaderHasFailedSince() throws Exception {
        Life life = reading("a");
        LeasedSplit<MemoryQueueSplit> read = at50(split(life, "a"));
        life.checkpoint(1, report("r0", 1, position(read)));

        life.gone(0);
        life.reader(0, "r1", List.of(read));
        life.pass(TERMS.duration());
        assertThat(split(life, "a").epoch()).isGreaterThan(read.epoch());
        life.checkpoint(2, report("r1", 2, at(life, "a", 60)));

        assertThat(life.shown("fencedWrites")).isZero();
        assertThat(progressTakenBy(green.joined(), "a")).isEqualTo("50 100 a");
    }

    /**
     * Promise S4: another member took it meanwhile, read on, and gave it back, before this one has
     * looked at the table again.
     */
    @Test
    void ofASplitThatGoesOnFromTheTableNothingIsRecordedFromBefore() throws Exception {
        Life life = reading("a");
        LeasedSplit<MemoryQueueSplit> read = at50(split(life, "a"));
        life.checkpoint(1, report("r0", 1, position(read)));
        life.gone(0);
        life.reader(0, "r1", List.of(read));
        green.joined();
        Lease taken = ScriptedMember.applied(green.acquire(lease("a"))).get(0).lease();
        Progress further =
                new Progress(SERIALIZER.serialize(new MemoryQueueSplit("a", 80, 100)), 1, "80", 9);
        ScriptedMember.applied(green.release(taken, Optional.of(further)));
        ScriptedMember.applied(green.close(green, Optional.empty()));
        life.pass(TERMS.duration());
        assertThat(split(life, "a").inner().position()).isEqualTo(80);

        life.checkpoint(2, report("r1", 2, at(life, "a", 80)));

        ScriptedMember red =
                new ScriptedMember(table.open(), "orders", new Incarnation("red", "1")).joined();
        assertThat(progressTakenBy(red, "a")).isEqualTo("80 100 a");
    }

    /** Promise S3: it goes on from what the table has, and that would be ahead of it. */
    @Test
    void ofASplitThatNobodysStateHoldsAnyMoreNothingIsRecordedFromBefore() throws Exception {
        Life life = reading("a");
        life.checkpoint(1, report("r0", 1, at(life, "a", 50)));

        life.gone(0);
        life.reader(0, "r1");
        life.pass(TERMS.duration());
        assertThat(split(life, "a").inner().position()).isZero();
        life.checkpoint(2, report("r1", 2, at(life, "a", 10)));

        assertThat(progressTakenBy(green.joined(), "a")).isEqualTo("0 100 a");
    }

    /** Promise S6: all of it is in the checkpoint that its reader goes back to. */
    @Test
    void aSplitThatEndedIsNotReadAgainWhenItsReaderFails() throws Exception {
        Life life = new Life(1, Optional.empty(), "a");
        life.enumerator.start();
        life.settle();
        life.reader(0, "r0");
        life.pass(TERMS.renewInterval());
        LeasedSplit<MemoryQueueSplit> split = life.context.assigned.get(0).get(0);
        life.checkpoint(1, report("r0", 1, position(split)));
        life.checkpoint(2, report("r0", 2, position(split.asFinished())));

        life.gone(0);
        life.reader(0, "r1", List.of(split.asFinished()));
        life.pass(TERMS.duration());

        assertThat(life.context.assigned.get(0)).containsExactly(split);
        assertThat(life.finished("a")).isTrue();
    }

    /** Who says so in the epoch that its former reader had it in is refused. */
    @Test
    void theEndOfASplitIsRecordedThoughTheStoreWasSilentWhenItsReaderHadFailed() throws Exception {
        Life life = reading("a");
        LeasedSplit<MemoryQueueSplit> ended = split(life, "a").asFinished();
        life.checkpoint(1, report("r0", 1, position(ended)));
        life.gone(0);
        clockIsRead =
                () -> {
                    if (lease("a").epoch() > ended.epoch()) {
                        silence =
                                Optional.of(
                                        new LeaseStoreException(
                                                "on purpose",
                                                LeaseStoreException.Kind.UNREACHABLE,
                                                null));
                    }
                };
        life.reader(0, "r1", List.of(ended));
        life.pass(TERMS.renewInterval());
        assertThat(life.finished("a")).isFalse();
        life.checkpoint(2, report("r1", 2));

        clockIsRead = () -> {};
        silence = Optional.empty();
        life.pass(TERMS.duration());

        assertThat(life.finished("a")).isTrue();
    }

    /** Promise S6, where nothing of the job's processes is left but its checkpoint. */
    @Test
    void aSplitThatEndedIsNotReadAgainWhenTheJobGoesBackToItsCheckpoint() throws Exception {
        Life life = new Life(1, Optional.empty(), "a");
        life.enumerator.start();
        life.settle();
        life.reader(0, "r0");
        life.pass(TERMS.renewInterval());
        LeasedSplit<MemoryQueueSplit> split = life.context.assigned.get(0).get(0);
        LeasedEnumeratorState<MemoryQueueSplit, String> state = life.enumerator.snapshotState(2);
        life.checkpoint(2, report("r0", 2, position(split.asFinished())));
        life.close();

        Life next = new Life(1, Optional.of(state));
        next.enumerator.start();
        next.settle();
        next.reader(0, "r1", List.of(split.asFinished()));
        next.pass(TERMS.duration());

        assertThat(next.context.assigned).isEmpty();
        assertThat(next.finished("a")).isTrue();
    }

    private static LeasedSplit<MemoryQueueSplit> at50(LeasedSplit<MemoryQueueSplit> split) {
        return split.at(new MemoryQueueSplit(split.leaseId(), 50, 100));
    }
}
