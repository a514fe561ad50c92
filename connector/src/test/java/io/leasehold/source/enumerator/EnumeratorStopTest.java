package io.leasehold.source.enumerator;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.MemberState;
import io.leasehold.source.event.LeaseSourceEvent.Closed;
import io.leasehold.source.event.LeaseSourceEvent.FreezeRequested;
import io.leasehold.source.event.LeaseSourceEvent.GrantExtended;
import io.leasehold.source.event.LeaseSourceEvent.GrantRequested;
import io.leasehold.source.event.LeaseSourceEvent.Position;
import io.leasehold.source.event.LeaseSourceEvent.Positions;
import io.leasehold.source.event.LeaseSourceEvent.ReaderStarted;
import io.leasehold.source.event.LeaseSourceEvent.TaskFinished;
import io.leasehold.source.split.LeasedSplit;
import io.leasehold.testkit.ScriptedMember;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/** What an enumerator says at its end, and to whom splits go when readers have ended. */
@Timeout(30)
class EnumeratorStopTest extends EnumeratorRig {

    private final ScriptedMember green =
            new ScriptedMember(table.open(), "orders", new Incarnation("green", "green-1"));

    private Life life;

    /** Two readers with one split each, both of which are granted. */
    @BeforeEach
    void reading() {
        life = new Life(2, Optional.empty(), "a", "b");
        life.enumerator.start();
        life.settle();
        life.reader(0, "r0");
        life.reader(1, "r1");
        life.pass(TERMS.renewInterval());
        grant(0, "r0");
        grant(1, "r1");
    }

    // ----------------------------------------------------------------- grants at the end

    /** Promise L4. */
    @Test
    void whereAllReadersSaidThatTheyAreClosedNobodyIsWaitedFor() {
        closed(0, "r0");
        closed(1, "r1");
        life.close();

        assertThat(life.row().state()).isEqualTo(MemberState.CLOSED);
        assertThat(life.row().emitsFor()).isZero();
    }

    /** Rule S1: a TaskManager that is lost, or a task that does not come to its end. */
    @Test
    void aReaderThatDidNotSayItIsWaitedForAsLongAsItsGrantRuns() {
        closed(0, "r0");
        life.close();

        assertThat(life.row().emitsFor()).isGreaterThanOrEqualTo(TERMS.readerGrant());
    }

    /** Rule S1: a JobManager that is suspended closes its enumerator, and the readers live on. */
    @Test
    void whereNobodySaidAnythingTheLongestGrantIsWaitedFor() {
        life.close();

        // By the reader's clock, which may be slower.
        assertThat(life.row().emitsFor()).isEqualTo(LeaseTerms.byAnotherClock(TERMS.readerGrant()));
    }

    /** The asking has a thread of its own, and may be overtaken. */
    @Test
    void whoAskedBeforeItClosedIsGrantedNothingAfterwards() {
        closed(0, "r0");
        closed(1, "r1");
        life.context.sent.clear();

        grant(0, "r0");
        life.close();

        assertThat(life.context.sent).noneMatch(GrantExtended.class::isInstance);
        assertThat(life.row().emitsFor()).isZero();
    }

    /** Flink hands over what readers said, and then closes without waiting for it to be heard. */
    @Test
    void whatReadersSaidJustBeforeTheEndIsHeard() {
        life.context.runInCoordinatorThread(() -> closed(0, "r0"));
        life.context.runInCoordinatorThread(() -> closed(1, "r1"));
        life.close();

        assertThat(life.row().emitsFor()).isZero();
    }

    // ----------------------------------------------------------------- positions at the end

    /** Section 8 of the protocol: a stop with a savepoint replays nothing. */
    @Test
    void whereAllReadersEndedAtACompleteCheckpointItsPositionsAreRecorded() throws Exception {
        checkpoint(1, 10);
        checkpoint(2, 20);
        ended(0, "r0", 2);
        ended(1, "r1", 2);
        life.close();

        assertThat(progressOf("a")).isEqualTo("20 100 a");
        assertThat(progressOf("b")).isEqualTo("20 100 b");
    }

    @Test
    void whereOneDidNotEndThePositionsStayOneCheckpointBehind() throws Exception {
        checkpoint(1, 10);
        checkpoint(2, 20);
        ended(0, "r0", 2);
        closed(1, "r1");
        life.close();

        assertThat(progressOf("a")).isEqualTo("10 100 a");
        assertThat(progressOf("b")).isEqualTo("10 100 b");
    }

    /**
     * A stop that failed behind the readers: Flink goes back to the checkpoint before, and takes
     * the readers off its list first.
     */
    @Test
    void whereTheJobGoesBackThePositionsStayOneCheckpointBehind() throws Exception {
        checkpoint(1, 10);
        checkpoint(2, 20);
        ended(0, "r0", 2);
        ended(1, "r1", 2);
        life.context.registered.remove(1);
        life.close();

        assertThat(progressOf("a")).isEqualTo("10 100 a");
    }

    @Test
    void whatAnEarlierAttemptEndedWithIsNotRecorded() throws Exception {
        checkpoint(1, 10);
        checkpoint(2, 20);
        ended(0, "r0", 2);
        ended(1, "r1", 2);
        life.gone(0);
        life.register(0);
        life.enumerator.handleSourceEvent(0, new TaskFinished("r0", 2));
        life.close();

        assertThat(progressOf("b")).isEqualTo("10 100 b");
    }

    /** It is in another epoch by then, and no reader reports it any more. */
    @Test
    void whatWasToMoveToAnotherReaderAtTheVeryEndIsRecordedToo() throws Exception {
        life.close();
        life = new Life(2, Optional.empty(), "c", "d", "e", "f");
        life.enumerator.start();
        life.reader(0, "r0");
        life.reader(1, "before");
        fail(1);
        life.pass(TERMS.renewInterval());
        life.pass(TERMS.duration());
        List<LeasedSplit<MemoryQueueSplit>> all = life.context.assigned.get(0);
        life.reader(1, "r1");
        life.pass(TERMS.renewInterval());
        FreezeRequested request =
                life.context.sent.stream()
                        .filter(FreezeRequested.class::isInstance)
                        .map(FreezeRequested.class::cast)
                        .findFirst()
                        .orElseThrow();
        life.enumerator.snapshotState(2);
        life.enumerator.handleSourceEvent(
                0,
                new Positions(
                        "r0",
                        2,
                        all.stream()
                                .map(
                                        split ->
                                                split.at(
                                                        new MemoryQueueSplit(
                                                                split.leaseId(), 20, 100)))
                                .map(EnumeratorRig::position)
                                .toList(),
                        request.requests(),
                        Map.of()));
        life.enumerator.handleSourceEvent(1, report("r1", 2));
        life.enumerator.notifyCheckpointComplete(2);
        life.settle();
        ended(0, "r0", 2);
        ended(1, "r1", 2);
        life.close();

        assertThat(request.requests()).isNotEmpty();
        for (String moved : request.requests().keySet()) {
            assertThat(progressOf(moved)).isEqualTo("20 100 " + moved);
        }
    }

    // ----------------------------------------------------------------- failed readers

    /** Failover costs no grant where the failed attempt could say that it is closed. */
    @Test
    void theSplitsOfAFailedReaderThatSaidItIsClosedGoToTheNextAttemptAtOnce() {
        LeasedSplit<MemoryQueueSplit> had = life.context.assigned.get(0).get(0);
        closed(0, "r0");
        fail(0);

        life.reader(0, "r2", List.of(had));
        life.settle();

        assertThat(life.context.assigned.get(0)).hasSize(2);
    }

    @Test
    void theSplitsOfACancelledReaderGoOnWhenTheNextOneOfItsProcessSaysThatItIsClosed() {
        LeasedSplit<MemoryQueueSplit> had = life.context.assigned.get(0).get(0);
        fail(0);
        life.reader(0, "r2", List.of(had));
        life.settle();
        assertThat(life.context.assigned.get(0)).hasSize(1);

        life.enumerator.handleSourceEvent(1, new Closed("r1", Set.of("r0", "of another job")));
        life.settle();

        assertThat(life.context.assigned.get(0)).hasSize(2);
    }

    /** Rule S1. */
    @Test
    void theSplitsOfALostReaderWaitUntilItsGrantIsOver() {
        LeasedSplit<MemoryQueueSplit> had = life.context.assigned.get(0).get(0);
        fail(0);
        life.register(0);
        life.enumerator.handleSourceEvent(0, new Closed("r2", Set.of("r1")));
        life.enumerator.handleSourceEvent(0, new ReaderStarted("r2", List.of(position(had))));
        life.pass(TERMS.readerGrant().minus(Duration.ofMillis(100)));
        assertThat(life.context.assigned.get(0)).hasSize(1);

        life.pass(TERMS.readerGrant());
        assertThat(life.context.assigned.get(0)).hasSize(2);
    }

    /** And not when the next renewal happens to come. */
    @Test
    void theSplitsOfALostReaderGoOnAsSoonAsItsGrantIsOver() {
        LeasedSplit<MemoryQueueSplit> had = life.context.assigned.get(0).get(0);
        fail(0);
        life.reader(0, "r2", List.of(had));
        Duration shortly = Duration.ofMillis(50);

        life.pass(LeaseTerms.byAnotherClock(TERMS.readerGrant()).minus(shortly));
        assertThat(life.context.assigned.get(0)).hasSize(1);
        life.pass(shortly.multipliedBy(2));
        assertThat(life.context.assigned.get(0)).hasSize(2);
    }

    // ----------------------------------------------------------------- pieces

    private void grant(int subtask, String readerId) {
        life.enumerator.handleSourceEvent(subtask, new GrantRequested(readerId, now));
    }

    private void closed(int subtask, String readerId) {
        life.enumerator.handleSourceEvent(subtask, new Closed(readerId, Set.of(readerId)));
    }

    private void ended(int subtask, String readerId, long checkpointId) {
        life.enumerator.handleSourceEvent(subtask, new TaskFinished(readerId, checkpointId));
        closed(subtask, readerId);
    }

    private void fail(int subtask) {
        life.gone(subtask);
    }

    private void checkpoint(long id, int position) throws Exception {
        life.enumerator.snapshotState(id);
        for (int subtask = 0; subtask < 2; subtask++) {
            life.enumerator.handleSourceEvent(
                    subtask, report("r" + subtask, id, at(subtask, position)));
        }
        life.enumerator.notifyCheckpointComplete(id);
        life.settle();
    }

    private Position at(int subtask, int position) {
        LeasedSplit<MemoryQueueSplit> split = life.context.assigned.get(subtask).get(0);
        return position(split.at(new MemoryQueueSplit(split.leaseId(), position, 100)));
    }

    private String progressOf(String splitId) {
        if (green.open().member("green").isEmpty()) {
            green.joined();
        }
        return new String(green.progressOf(splitId).bytes(), StandardCharsets.UTF_8);
    }
}
