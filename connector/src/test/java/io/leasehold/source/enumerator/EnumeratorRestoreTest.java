package io.leasehold.source.enumerator;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.RestoreRule;
import io.leasehold.lease.store.SplitRequest;
import io.leasehold.source.split.LeasedSplit;
import io.leasehold.testkit.ScriptedMember;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.apache.flink.testutils.logging.LoggerAuditingExtension;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.event.Level;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

import static io.leasehold.testkit.UngrantedSplit.ungranted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** From where a job goes on with what the state it starts from holds. */
@Timeout(30)
class EnumeratorRestoreTest extends EnumeratorRig {

    private static final String[] NONE = {};

    /** Reads the table, and is in nobody's plan. */
    private final ScriptedMember operator =
            new ScriptedMember(table.open(), "orders", new Incarnation("operator", "1"));

    @RegisterExtension
    private final LoggerAuditingExtension said =
            new LoggerAuditingExtension(LeaseEventLog.class, Level.WARN);

    private long checkpoints;

    // ---------------------------------------------------------------------------------- auto

    @Test
    void aJobGoesOnFromItsStateWhateverWasRecordedLast() throws Exception {
        LeasedSplit<MemoryQueueSplit> saved = savepointAt(40);

        Life next = start("blue", RestoreRule.AUTO, saved);

        assertThat(reads(next)).isEqualTo(saved.at(at(40)).inner());
        assertThat(lease().tenure()).isEqualTo(saved.tenure());
        assertThat(lease().epoch()).isGreaterThan(saved.epoch());
    }

    @Test
    void aSavepointOfAnotherMemberIdIsAsGoodAsItsOwn() throws Exception {
        LeasedSplit<MemoryQueueSplit> bluesSavepoint = savepointAt(40);

        Life green = start("green", RestoreRule.AUTO, bluesSavepoint);

        assertThat(reads(green)).isEqualTo(at(40));
    }

    /** Both in the tenure of the savepoint: the epochs tell that they are two. */
    @Test
    void ofTwoJobsFromOneSavepointTheSecondGoesOnWhereTheFirstOneEnded() throws Exception {
        LeasedSplit<MemoryQueueSplit> savepoint = savepointAt(40);
        Life blue = start("blue", RestoreRule.AUTO, savepoint);
        record(blue, 60);
        blue.close();

        Life green = start("green", RestoreRule.AUTO, savepoint);
        assertThat(reads(green)).isEqualTo(at(60));
        record(green, 80);
        green.close();

        Life blueAgain = start("blue", RestoreRule.AUTO, savepoint);
        assertThat(reads(blueAgain)).isEqualTo(at(80));
    }

    @Test
    void aJobThatStartsAgainBeforeItsFirstCheckpointIsStillAtItsSavepoint() throws Exception {
        LeasedSplit<MemoryQueueSplit> savepoint = savepointAt(40);
        for (RestoreRule rule : List.of(RestoreRule.AUTO, RestoreRule.STATE, RestoreRule.FAIL)) {
            start("green", rule, savepoint).close();
        }

        Life green = start("green", RestoreRule.AUTO, savepoint);

        assertThat(reads(green)).isEqualTo(at(40));
    }

    /** Its reader's state is of before the split moved on from it. */
    @Test
    void whatIsWithheldInALaterEpochIsNotReplacedByWhatAReaderRestores() throws Exception {
        LeasedSplit<MemoryQueueSplit> saved = savepointAt(40);
        LeasedSplit<MemoryQueueSplit> moved =
                new LeasedSplit<>(
                        at(60), saved.epoch() + 1, saved.tenure(), false, Optional.empty());
        Life next =
                new Life(
                        1,
                        Optional.of(
                                new LeasedEnumeratorState<>(
                                        "", List.of(moved), List.of(), Optional.empty())),
                        NONE);

        next.enumerator.start();
        next.reader(0, "r0", List.of(saved));
        next.pass(TERMS.duration());

        assertThat(reads(next)).isEqualTo(at(60));
    }

    /** It was granted in an epoch that no checkpoint knows, and nobody read it in that. */
    @Test
    void whatIsGivenUpForWantOfReadersIsRecordedWhereTheStateHasIt() throws Exception {
        LeasedSplit<MemoryQueueSplit> saved = savepointAt(40);
        Life without = begin("blue", RestoreRule.AUTO, Optional.of(saved));
        without.gone(0);
        without.pass(TERMS.readersTimeout());
        without.pass(TERMS.duration());
        assertThat(lease().owner()).isEmpty();
        assertThat(lease().epoch()).isGreaterThan(saved.epoch());
        assertThat(located()).isEqualTo("40 100 a");
        without.close();

        Life next = start("blue", RestoreRule.AUTO, saved);

        assertThat(reads(next)).isEqualTo(at(40));
    }

    @Test
    void aSavepointOlderThanAHandoffThereAndBackGivesWayToTheTable() throws Exception {
        LeasedSplit<MemoryQueueSplit> savepoint = savepointAt(40);
        readTo("green", 60);
        readTo("blue", 80);

        Life next = start("blue", RestoreRule.AUTO, savepoint);

        assertThat(reads(next)).isEqualTo(at(80));
        assertThat(lease().tenure()).isGreaterThan(savepoint.tenure());
    }

    @Test
    void whereItGoesOnFromTheTableBothPositionsAreSaidAndItIsCounted() throws Exception {
        LeasedSplit<MemoryQueueSplit> savepoint = savepointAt(40);
        readTo("green", 60);

        Life next = start("blue", RestoreRule.AUTO, savepoint);

        assertThat(said.getMessages())
                .singleElement()
                .asString()
                .startsWith(
                        "The split 'a' is at MemoryQueueSplit[splitId=a, position=40, end=100] in the state that this job started from, and at a position in the lease table;")
                .endsWith("it resumes from the table.");
        assertThat(next.shown("restoredFromTable")).isEqualTo(1);
    }

    @Test
    void whereItGoesOnFromItsStateThereIsNothingToSay() throws Exception {
        Life next = start("blue", RestoreRule.AUTO, savepointAt(40));

        assertThat(said.getMessages()).isEmpty();
        assertThat(next.shown("restoredFromTable")).isZero();
    }

    // --------------------------------------------------------------------------------- state

    @Test
    void byStateBothPositionsAreSaidAndNothingIsCounted() throws Exception {
        LeasedSplit<MemoryQueueSplit> savepoint = savepointAt(40);
        readTo("green", 60);

        Life next = start("blue", RestoreRule.STATE, savepoint);

        assertThat(said.getMessages())
                .singleElement()
                .asString()
                .contains("position=40", "a position in the lease table")
                .endsWith("it resumes from the state.");
        assertThat(next.shown("restoredFromTable")).isZero();
    }

    @Test
    void byStateItGoesBackAndSoDoesTheTable() throws Exception {
        LeasedSplit<MemoryQueueSplit> savepoint = savepointAt(40);
        LeasedSplit<MemoryQueueSplit> greens = readTo("green", 60);

        Life next = start("blue", RestoreRule.STATE, savepoint);
        assertThat(reads(next)).isEqualTo(at(40));
        assertThat(next.shown("restoredFromState")).isEqualTo(1);
        assertThat(next.shown("restoredFromTable")).isZero();
        record(next, 50);
        assertThat(located()).isEqualTo("50 100 a");

        LeasedSplit<MemoryQueueSplit> checkpoint = last(next).at(at(55));
        next.close();
        for (RestoreRule rule : RestoreRule.values()) {
            if (rule != RestoreRule.TABLE) {
                Life again = start("blue", rule, checkpoint);
                assertThat(reads(again)).as("%s", rule).isEqualTo(at(55));
                again.close();
            }
        }
        Life green = start("green", RestoreRule.AUTO, greens);
        assertThat(reads(green)).isEqualTo(at(50));
    }

    @Test
    void byStateTwiceItGoesBackTwice() throws Exception {
        LeasedSplit<MemoryQueueSplit> savepoint = savepointAt(40);
        readTo("green", 60);
        start("blue", RestoreRule.STATE, savepoint).close();

        Life again = start("blue", RestoreRule.STATE, savepoint);

        assertThat(reads(again)).isEqualTo(at(40));
    }

    // --------------------------------------------------------------------------------- table

    @Test
    void byTableItGoesOnFromWhatWasRecordedLast() throws Exception {
        LeasedSplit<MemoryQueueSplit> savepoint = savepointAt(40);

        Life next = start("blue", RestoreRule.TABLE, savepoint);

        assertThat(reads(next)).isEqualTo(at(30));
        assertThat(lease().tenure()).isGreaterThan(savepoint.tenure());
    }

    @Test
    void byTableItGoesOnFromItsStateWhereNobodyHasReadYet() {
        LeasedSplit<MemoryQueueSplit> elsewhere = split(40, 4, 4);

        Life first = start("blue", RestoreRule.TABLE, elsewhere);

        assertThat(reads(first)).isEqualTo(at(40));
    }

    /** Its state, and that of all behind it, is of the checkpoint it goes back to. */
    @Test
    void aReaderThatFailsAloneGoesOnFromItsStateWhateverTheRule() throws Exception {
        LeasedSplit<MemoryQueueSplit> savepoint = savepointAt(40);
        Life life = start("blue", RestoreRule.TABLE, savepoint);
        LeasedSplit<MemoryQueueSplit> checkpointed = last(life).at(at(70));
        life.checkpoint(100, report("r0", 100, position(checkpointed)));

        life.gone(0);
        life.reader(0, "r1", List.of(checkpointed));
        life.pass(TERMS.duration());

        assertThat(reads(life)).isEqualTo(at(70));
    }

    // ---------------------------------------------------------------------------------- fail

    @Test
    void byFailOneSentenceSaysWhereBothAreAndTheTableStaysAsItIs() throws Exception {
        LeasedSplit<MemoryQueueSplit> savepoint = savepointAt(40);
        readTo("green", 60);
        Lease before = lease();

        assertThatThrownBy(() -> start("blue", RestoreRule.FAIL, savepoint))
                .hasStackTraceContaining(
                        "lease.restore is fail, and the split 'a' is at MemoryQueueSplit[splitId=a, position=40, end=100] in the state that this job starts from, but at a position as of checkpoint")
                .hasStackTraceContaining(
                        "in the lease table, where it was last acquired by 'green'");
        assertThat(lease()).isEqualTo(before);
    }

    @Test
    void byFailNothingFailsThatGoesOnFromTheState() throws Exception {
        LeasedSplit<MemoryQueueSplit> savepoint = savepointAt(40);

        assertThat(reads(start("green", RestoreRule.FAIL, savepoint))).isEqualTo(at(40));
    }

    // ------------------------------------------------------------------------ whatever the rule

    /** Promises S1 and S5: what a live job reads comes from it by a handoff, or not at all. */
    @Test
    void aSplitThatALiveMemberOwnsStaysWithItWhateverTheRule() throws Exception {
        LeasedSplit<MemoryQueueSplit> savepoint = savepointAt(40);
        operator.joined();
        Lease owned = operator.taking("a");
        for (RestoreRule rule : RestoreRule.values()) {
            Life life = begin("blue", rule, Optional.of(savepoint));
            life.pass(TERMS.renewInterval());

            assertThat(life.context.assigned).as("%s", rule).isEmpty();
            assertThat(lease().owner()).isEqualTo(owned.owner());
            assertThat(life.enumerator.snapshotState(1).withheld()).isEmpty();
            life.close();
        }
    }

    // ----------------------------------------------------------------- state from before leases

    @Test
    void aSplitThatWasNeverReadUnderALeaseGoesOnFromItsStateIfTheLeaseIsNew() throws Exception {
        LeasedSplit<MemoryQueueSplit> plain = LeasedSplit.fromBefore(at(40));

        Life blue = start("blue", RestoreRule.AUTO, plain);
        assertThat(reads(blue)).isEqualTo(at(40));
        blue.close();
        Life again = start("blue", RestoreRule.AUTO, plain);
        assertThat(reads(again)).isEqualTo(at(40));
        record(again, 60);
        again.close();

        Life green = start("green", RestoreRule.AUTO, plain);
        assertThat(reads(green)).isEqualTo(at(60));
    }

    @Test
    void aSplitThatWasNeverReadUnderALeaseGivesWayToTheTableIfOthersHaveReadIt() throws Exception {
        savepointAt(40);

        Life next = start("green", RestoreRule.AUTO, LeasedSplit.fromBefore(at(10)));

        assertThat(reads(next)).isEqualTo(at(30));
    }

    /** A plain source that was started again after its group had read on. */
    @Test
    void aSplitThatWasNeverReadUnderALeaseGivesWayToWhatItsOwnMemberHasReadUnderOne()
            throws Exception {
        savepointAt(40);

        Life next = start("blue", RestoreRule.AUTO, LeasedSplit.fromBefore(at(10)));

        assertThat(reads(next)).isEqualTo(at(30));
    }

    // -------------------------------------------------------------------------------- pieces

    /** Blue has read so far by its last checkpoint, and was recorded at 30 before; it is over. */
    private LeasedSplit<MemoryQueueSplit> savepointAt(int position) throws Exception {
        Life life = started(begin("blue", RestoreRule.AUTO, Optional.empty()));
        record(life, 30);
        LeasedSplit<MemoryQueueSplit> saved = last(life).at(at(position));
        life.close();
        return ungranted(saved);
    }

    /** That member goes on from the table, is recorded there, and is over. */
    private LeasedSplit<MemoryQueueSplit> readTo(String memberId, int position) throws Exception {
        Life life = started(begin(memberId, RestoreRule.AUTO, Optional.empty()));
        record(life, position);
        LeasedSplit<MemoryQueueSplit> saved = last(life).at(at(position));
        life.close();
        return ungranted(saved);
    }

    private Life begin(
            String member, RestoreRule rule, Optional<LeasedSplit<MemoryQueueSplit>> state) {
        memberId = member;
        restore = rule;
        Life life = new Life(1, Optional.empty(), state.isEmpty() ? new String[] {"a"} : NONE);
        life.enumerator.start();
        life.settle();
        life.reader(0, "r0", state.stream().toList());
        return life;
    }

    /** A life that got what it can. */
    private Life start(String member, RestoreRule rule, LeasedSplit<MemoryQueueSplit> state) {
        return started(begin(member, rule, Optional.of(state)));
    }

    private static Life started(Life life) {
        life.pass(TERMS.duration());
        life.pass(TERMS.duration());
        assertThat(life.context.assigned.get(0)).hasSize(1);
        return life;
    }

    /** With this checkpoint's positions recorded, one behind. */
    private void record(Life life, int position) throws Exception {
        checkpoints += 2;
        life.checkpoint(
                checkpoints, report("r0", checkpoints, position(last(life).at(at(position)))));
        life.checkpoint(
                checkpoints + 1,
                report("r0", checkpoints + 1, position(last(life).at(at(position)))));
    }

    private static LeasedSplit<MemoryQueueSplit> last(Life life) {
        List<LeasedSplit<MemoryQueueSplit>> assigned = life.context.assigned.get(0);
        return assigned.get(assigned.size() - 1);
    }

    private static MemoryQueueSplit reads(Life life) {
        return last(life).inner();
    }

    private static MemoryQueueSplit at(int position) {
        return new MemoryQueueSplit("a", position, 100);
    }

    private static LeasedSplit<MemoryQueueSplit> split(int position, long epoch, long tenure) {
        return new LeasedSplit<>(at(position), epoch, tenure, false, Optional.empty());
    }

    private Lease lease() {
        return operator.lease("a");
    }

    private String located() {
        return ScriptedMember.applied(operator.send(new SplitRequest.Locate("orders", "a")))
                .map(progress -> new String(progress.bytes(), StandardCharsets.UTF_8))
                .orElseThrow();
    }
}
