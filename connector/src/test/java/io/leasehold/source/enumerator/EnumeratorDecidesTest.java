package io.leasehold.source.enumerator;

import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.store.DecisionRequest.Decide;
import io.leasehold.lease.store.DecisionRequest.ReadDecisions;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.lease.store.SplitRequest.Locate;
import io.leasehold.link.JobLink;
import io.leasehold.link.OutputStanding;
import io.leasehold.link.SinkEnd;
import io.leasehold.link.SourceEnd;
import io.leasehold.source.event.LeaseSourceEvent.Position;
import io.leasehold.source.event.LeaseSourceEvent.ReaderStarted;
import io.leasehold.testkit.ScriptedMember;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** An enumerator that decides the output of its job, with a sink that does what a test says. */
class EnumeratorDecidesTest extends EnumeratorRig {

    private final FakeSink sink = new FakeSink();

    /** What a coordinator of a sink is told; it knows what its subtasks have prepared. */
    private static final class FakeSink implements SinkEnd {

        final List<OutputStanding> standings = new ArrayList<>();
        final List<DecidedCheckpoint> decided = new ArrayList<>();
        final List<Long> isVoid = new ArrayList<>();
        final List<DecidedOutput> adopted = new ArrayList<>();
        final List<Incarnation> sealed = new ArrayList<>();
        final Map<Long, CompletableFuture<Optional<byte[]>>> asked = new HashMap<>();
        boolean answers = true;

        @Override
        public String sinkId() {
            return "kafka";
        }

        @Override
        public CompletableFuture<Optional<byte[]>> preparedUpTo(long checkpointId) {
            CompletableFuture<Optional<byte[]>> answer = new CompletableFuture<>();
            asked.put(checkpointId, answer);
            if (answers) {
                prepares(checkpointId);
            }
            return answer;
        }

        void prepares(long checkpointId) {
            asked.get(checkpointId)
                    .complete(
                            Optional.of(
                                    ("output of " + checkpointId)
                                            .getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public void stands(OutputStanding standing) {
            standings.add(standing);
        }

        @Override
        public void decided(DecidedCheckpoint checkpoint) {
            decided.add(checkpoint);
        }

        @Override
        public void isVoid(long checkpointId, String why) {
            isVoid.add(checkpointId);
        }

        @Override
        public void adopt(List<DecidedOutput> rows) {
            adopted.addAll(rows);
        }

        @Override
        public void sealed(Incarnation closed) {
            sealed.add(closed);
        }
    }

    @BeforeEach
    void sinkIsThere() {
        linkId = Optional.of(UUID.randomUUID().toString());
        JobLink.of(linkId.get()).attach(sink);
    }

    @AfterEach
    void sinkIsGone() {
        JobLink.of(linkId.get()).detach(sink);
    }

    private SourceEnd source() {
        return JobLink.of(linkId.orElseThrow()).source().orElseThrow();
    }

    private String recorded(String splitId) {
        return new String(
                ScriptedMember.applied(green.send(new Locate("orders", splitId)))
                        .orElseThrow()
                        .bytes(),
                StandardCharsets.UTF_8);
    }

    private static String written(String splitId, int position) {
        return new String(
                SERIALIZER.serialize(new MemoryQueueSplit(splitId, position, 100)),
                StandardCharsets.UTF_8);
    }

    private static LeasedEnumeratorState<MemoryQueueSplit, String> begins(
            Life life, long checkpointId) throws Exception {
        return life.enumerator.snapshotState(checkpointId);
    }

    private static void reports(Life life, long checkpointId, Position... at) {
        life.enumerator.handleSourceEvent(0, report("r0", checkpointId, at));
    }

    private static void completes(Life life, long checkpointId) throws Exception {
        life.enumerator.notifyCheckpointComplete(checkpointId);
        life.settle();
    }

    private static void comesBack(Life next, Position... restored) {
        next.register(0);
        next.enumerator.handleSourceEvent(0, new ReaderStarted("r0", List.of(restored)));
        next.pass(TERMS.renewInterval());
        next.pass(TERMS.renewInterval());
    }

    @Test
    void aFreshStartTellsTheSinksThatNothingOfTheirStateCanBeDecided() {
        Life life = reading(1, "a");

        assertThat(sink.standings)
                .singleElement()
                .satisfies(
                        standing -> {
                            assertThat(standing.me()).isEqualTo(life.me);
                            assertThat(standing.decided()).isEmpty();
                            assertThat(standing.rows()).isEmpty();
                        });
    }

    @Test
    void aCompletedCheckpointIsDecidedWithTheOutputOfItsSinks() throws Exception {
        Life life = reading(1, "a");
        begins(life, 1);
        reports(life, 1, at(life, "a", 7));
        completes(life, 1);

        assertThat(sink.decided)
                .containsExactly(new DecidedCheckpoint(life.me, sink.standings.get(0).line(), 1));
        assertThat(recorded("a")).isEqualTo(written("a", 7));
    }

    @Test
    void aJobWithoutALeasedSinkFailsBeforeAnythingIsRecorded() throws Exception {
        Life life = reading(1, "a");
        String before = recorded("a");
        JobLink.of(linkId.orElseThrow()).detach(sink);
        begins(life, 1);
        reports(life, 1, at(life, "a", 7));

        assertThatThrownBy(() -> completes(life, 1))
                .hasMessageContaining("lease.output of group 'orders' is decided")
                .hasMessageContaining("no leased sink");
        assertThat(recorded("a")).isEqualTo(before);
    }

    /** Checkpoint 1 completes, and its sink has not reported yet. */
    private void completesUndecided(Life life) throws Exception {
        sink.answers = false;
        begins(life, 1);
        reports(life, 1, at(life, "a", 7));
        completes(life, 1);
    }

    @Test
    void noCheckpointBeginsWhileACompletedOneIsUndecided() throws Exception {
        Life life = reading(1, "a");
        completesUndecided(life);

        CompletableFuture<Void> later = source().mayBegin(2);
        life.settle();
        assertThat(later).isNotDone();

        sink.prepares(1);
        life.settle();
        assertThat(later).isCompleted();
    }

    @Test
    void aCheckpointThatMayNotBeginIsRefusedWithASentence() throws Exception {
        Life life = reading(1, "a");
        completesUndecided(life);

        CompletableFuture<Void> later = source().mayBegin(2);
        life.settle();

        assertThatThrownBy(later::get).hasMessageContaining("Checkpoint 2 cannot begin");
    }

    @Test
    void theNextIncarnationDecidesLateWhatTheLastOneCompleted() throws Exception {
        Life life = reading(1, "a");
        sink.answers = false;
        LeasedEnumeratorState<MemoryQueueSplit, String> state = begins(life, 1);
        Position a = at(life, "a", 7);
        reports(life, 1, a);
        completes(life, 1);
        life.close();
        assertThat(recorded("a")).isEqualTo(written("a", 0));

        sink.answers = true;
        Life next = new Life(1, Optional.of(state), "a");
        next.enumerator.start();
        comesBack(next, a);

        assertThat(sink.decided)
                .containsExactly(new DecidedCheckpoint(life.me, sink.standings.get(0).line(), 1));
        assertThat(sink.standings.get(1).line()).isEqualTo(sink.standings.get(0).line());
        assertThat(sink.standings.get(1).restoredIsVoid()).isFalse();
        assertThat(recorded("a")).isEqualTo(written("a", 7));
        assertThat(split(next, "a").inner().position()).isEqualTo(7);
    }

    /** Else its output would be no part of the decision, and lost. */
    @Test
    void nothingIsDecidedLateBeforeTheSinksAreThereWhoseOutputItIs() throws Exception {
        Life life = reading(1, "a");
        sink.answers = false;
        LeasedEnumeratorState<MemoryQueueSplit, String> state = begins(life, 1);
        Position a = at(life, "a", 7);
        reports(life, 1, a);
        completes(life, 1);
        life.close();
        JobLink.of(linkId.orElseThrow()).detach(sink);
        sink.answers = true;

        Life next = new Life(1, Optional.of(state), "a");
        next.enumerator.start();
        comesBack(next, a);

        assertThat(next.requests).noneMatch(Decide.class::isInstance);

        JobLink.of(linkId.orElseThrow()).attach(sink);
        next.pass(TERMS.renewInterval());
        assertThat(sink.decided).hasSize(1);
    }

    @Test
    void outputThatIsLostMakesTheRestoredCheckpointVoid() throws Exception {
        Life life = reading(1, "a");
        sink.answers = false;
        LeasedEnumeratorState<MemoryQueueSplit, String> state = begins(life, 1);
        Position a = at(life, "a", 7);
        reports(life, 1, a);
        completes(life, 1);
        life.close();

        Life next = new Life(1, Optional.of(state), "a");
        next.enumerator.start();
        comesBack(next, a);
        sink.asked.get(1L).completeExceptionally(new IllegalStateException("It is gone."));
        next.settle();
        next.pass(TERMS.renewInterval());

        assertThat(sink.isVoid).containsExactly(1L);
        assertThat(next.shown("checkpointsVoid")).isEqualTo(1);
        assertThat(sink.decided).isEmpty();
        assertThat(split(next, "a").inner().position()).isZero();
    }

    @Test
    void aTakeoverAdoptsTheOutputOfTheMemberThatIsGone() throws Exception {
        Life blue = reading(1, "a");
        begins(blue, 1);
        reports(blue, 1, at(blue, "a", 7));
        completes(blue, 1);
        blue.close();
        memberId = "red";
        linkId = Optional.of(UUID.randomUUID().toString());
        FakeSink reds = new FakeSink();
        JobLink.of(linkId.get()).attach(reds);

        Life red = new Life(1, Optional.empty(), "a");
        red.enumerator.start();
        red.reader(0, "r0");
        for (int i = 0; i < 5; i++) {
            red.pass(TERMS.renewInterval());
        }

        assertThat(split(red, "a").inner().position()).isEqualTo(7);
        assertThat(reds.adopted).isNotEmpty();
        assertThat(reds.sealed).containsExactly(blue.me);
        CompletableFuture<Boolean> isSealed = source().isSealed(blue.me);
        red.settle();
        assertThat(isSealed).isCompletedWithValue(true);

        reds.adopted.forEach(row -> source().committed(row.key()));
        red.settle();
        begins(red, 1);
        reports(red, 1, at(red, "a", 9));
        completes(red, 1);
        assertThat(ScriptedMember.applied(green.send(new ReadDecisions("orders", "blue"))).output())
                .isEmpty();
        JobLink.of(linkId.get()).detach(reds);
    }

    @Test
    void aSplitThatIsForcedFailsTheJob() throws Exception {
        Life life = reading(1, "a");
        claim(life, "a", Claim.Kind.FORCE);
        green.send(
                new OwnershipRequest.Acquire(
                        "orders",
                        green.self(),
                        List.of(
                                new OwnershipRequest.Acquire.Wanted(
                                        "a", lease("a").version(), 1, 0)),
                        0));

        assertThatThrownBy(() -> life.pass(TERMS.renewInterval()))
                .hasStackTraceContaining("The lease of split 'a' was lost");
    }
}
