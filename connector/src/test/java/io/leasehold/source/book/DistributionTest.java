package io.leasehold.source.book;

import io.leasehold.lease.model.Claim;
import io.leasehold.source.book.SplitState.Reading;
import io.leasehold.source.book.SplitState.Releasing;
import io.leasehold.source.book.SplitState.Waiting;
import io.leasehold.source.book.SplitState.Withheld;
import io.leasehold.source.event.LeaseSourceEvent.FreezeRequested;
import io.leasehold.source.event.LeaseSourceEvent.StopRequested;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

class DistributionTest {

    private static final Set<Integer> BOTH = Set.of(0, 1);

    private final BookedSplits<String> splits = new BookedSplits<>();
    private final ReaderAttempts attempts = new ReaderAttempts();
    private boolean holdsAll = true;
    private final Distribution<String> distribution =
            new Distribution<>(splits, attempts, () -> holdsAll, false);

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 50})
    @Retention(RetentionPolicy.RUNTIME)
    @interface AtAnyOrigin {}

    private void await(String splitId) {
        await(splitId, 1, OptionalInt.empty());
    }

    private void await(String splitId, long epoch, OptionalInt inStateOf) {
        splits.becomes(splitId, new Waiting<>(at(splitId, epoch), inStateOf, Wanted.BY_NOBODY));
    }

    private static PositionedSplit<String> at(String splitId, long epoch) {
        return new PositionedSplit<>(splitId, "10", epoch, 1, false);
    }

    private List<Integer> assigned(long now) {
        return assigned(BOTH, now);
    }

    /** The subtask of each split that is assigned now. */
    private List<Integer> assigned(Set<Integer> registered, long now) {
        return commands(registered, now).stream()
                .filter(Command.Assign.class::isInstance)
                .map(command -> (Command.Assign<String>) command)
                .flatMap(one -> one.splits().stream().map(split -> one.subtask()))
                .toList();
    }

    private List<Command<String>> commands(Set<Integer> registered, long now) {
        Outbox<String> out = new Outbox<>(attempts, registered);
        distribution.assign(new JobView(now, registered, 2, false), out);
        return out.commands();
    }

    private void gone(int subtask) {
        splits.attemptGone(subtask)
                .forEach(splitId -> attempts.emitsUntilItsGrantIsOver(subtask, splitId));
        attempts.gone(subtask);
    }

    // ---------------------------------------------------------------------- who gets a split

    @AtAnyOrigin
    void theReaderWithTheFewestSplitsGetsTheNext(long now) {
        attempts.started(0, "r0");
        attempts.started(1, "r1");
        List.of("a", "b", "c", "d").forEach(this::await);

        assertThat(assigned(now)).containsExactlyInAnyOrder(0, 0, 1, 1);
        assertThat(assigned(now)).isEmpty();
    }

    @AtAnyOrigin
    void aSplitIsSentToOneReaderAttemptByName(long now) {
        attempts.started(0, "r0");
        await("a");

        assertThat(commands(BOTH, now))
                .containsExactly(new Command.Assign<>(0, "r0", List.of(at("a", 1))));
    }

    /** Rule S1. */
    @AtAnyOrigin
    void noReaderGetsASplitBeforeTheGrantOfItsLastOneIsOver(long now) {
        attempts.started(0, "r0");
        await("a");
        assigned(now);
        attempts.granted(0, now + 100);
        gone(0);
        attempts.started(0, "r0 again");
        attempts.started(1, "r1");
        await("a");

        assertThat(commands(BOTH, now + 99)).containsExactly(new Command.CallAt<>(now + 100));
        assertThat(assigned(now + 100)).hasSize(1);
    }

    @AtAnyOrigin
    void aReaderThatNoEventReachesGetsNothing(long now) {
        attempts.started(0, "r0");
        await("a");

        assertThat(assigned(Set.of(), now)).isEmpty();
        assertThat(assigned(now)).hasSize(1);
    }

    @AtAnyOrigin
    void aSplitThatOneReadersStateHoldsGoesToNoOther(long now) {
        attempts.started(0, "r0");
        await("a", 1, OptionalInt.of(1));

        assertThat(assigned(now)).isEmpty();
        attempts.started(1, "r1");
        assertThat(assigned(now)).containsExactly(1);
    }

    @AtAnyOrigin
    void aForcedSplitGoesToNobodyUntilTheClaimIsOver(long now) {
        attempts.started(0, "r0");
        Wanted forced = Wanted.BY_NOBODY.claimed(Claim.Kind.FORCE);
        splits.becomes("a", new Waiting<>(at("a", 1), OptionalInt.empty(), forced));

        assertThat(assigned(now)).isEmpty();
        await("a");
        assertThat(assigned(now)).hasSize(1);
    }

    @AtAnyOrigin
    void aGoneReaderThatIsKnownToBeClosedIsNotWaitedFor(long now) {
        attempts.started(0, "r0");
        await("a");
        assigned(now);
        attempts.granted(0, now + 100);
        gone(0);
        attempts.started(0, "r0 again");
        await("a");
        assertThat(assigned(now)).isEmpty();

        attempts.closed(Set.of("r0"));

        assertThat(attempts.lastSilence()).isEmpty();
        assertThat(assigned(now)).hasSize(1);
    }

    /** Else the attempt that replaces it would come too late to get anything. */
    @AtAnyOrigin
    void whatAClosedReaderHadWaitsForItsNextAttemptAsLongAsTheGrantWouldRun(long now) {
        attempts.started(0, "r0");
        await("a");
        assigned(now);
        attempts.started(1, "r1");
        attempts.granted(0, now + 100);
        attempts.closed(Set.of("r0"));
        gone(0);
        await("a");

        assertThat(commands(BOTH, now + 99)).containsExactly(new Command.CallAt<>(now + 100));
        assertThat(assigned(now + 100)).containsExactly(1);
    }

    /**
     * One split, one state: the closed one's next attempt may have it only if no state holds it.
     */
    @AtAnyOrigin
    void whatAReadersOwnStateHoldsGoesThereThoughAClosedReaderHadItLast(long now) {
        attempts.started(0, "r0");
        await("a");
        assigned(now);
        attempts.started(1, "r1");
        attempts.granted(0, now + 100);
        attempts.closed(Set.of("r0"));
        gone(0);
        attempts.started(0, "r0 again");
        await("a", 1, OptionalInt.of(1));

        assertThat(assigned(now)).containsExactly(1);
    }

    @AtAnyOrigin
    void aClosedReaderGetsNeitherASplitNorAGrantThoughFlinkHasNotNoticedYet(long now) {
        attempts.started(0, "r0");
        attempts.closed(Set.of("r0"));
        await("a");

        assertThat(attempts.isToStop(0)).isTrue();
        assertThat(assigned(now)).isEmpty();
    }

    // ---------------------------------------------------------------------- until when they emit

    @AtAnyOrigin
    void theLastSilenceCoversReadersThatAreGone(long now) {
        attempts.started(0, "r0");
        await("a");
        assigned(now);
        attempts.granted(0, now + 100);
        attempts.granted(0, now + 40);
        gone(0);
        attempts.started(1, "r1");
        attempts.granted(1, now + 70);

        assertThat(attempts.lastSilence()).isEqualTo(OptionalLong.of(now + 100));
    }

    /** Rule S1: one word more for one is none for the other. */
    @AtAnyOrigin
    void aReaderThatIsNotKnownToBeClosedIsWaitedFor(long now) {
        attempts.started(0, "r0");
        attempts.started(1, "r1");
        attempts.granted(0, now + 100);
        attempts.granted(1, now + 70);

        attempts.closed(Set.of("r0"));

        assertThat(attempts.lastSilence()).isEqualTo(OptionalLong.of(now + 70));
    }

    /** Rule S1: its grant covers everything that it has. */
    @Test
    void aReaderIsToStopUntilItHasConfirmedEachRequest() {
        attempts.started(0, "r0");
        attempts.stopRequested(0, 1);
        attempts.stopRequested(0, 2);

        attempts.stopped(0, Set.of(1L));
        assertThat(attempts.isToStop(0)).isTrue();
        attempts.stopped(0, Set.of(2L, 7L));
        assertThat(attempts.isToStop(0)).isFalse();
    }

    @Test
    void whatAGoneAttemptWasToStopDoesNotConcernTheNext() {
        attempts.started(0, "r0");
        attempts.stopRequested(0, 1);
        attempts.gone(0);
        attempts.started(0, "r0 again");

        assertThat(attempts.isToStop(0)).isFalse();
    }

    // ---------------------------------------------------------------------- who is asked for one

    private List<Command<String>> asked() {
        Outbox<String> out = new Outbox<>(attempts, BOTH);
        distribution.askForSplits(out);
        return out.commands();
    }

    private static Command<String> freeze(int subtask, String splitId, long number) {
        return new Command.Send<>(
                subtask, new FreezeRequested("r" + subtask, Map.of(splitId, number)));
    }

    private static Command<String> stop(int subtask, String splitId, long number) {
        return new Command.Send<>(
                subtask, new StopRequested("r" + subtask, Map.of(splitId, number)));
    }

    private void reads(int subtask, String splitId, Wanted wanted) {
        if (attempts.readerId(subtask).isEmpty()) {
            attempts.started(subtask, "r" + subtask);
        }
        splits.becomes(splitId, new Reading<>(subtask, 4, wanted));
    }

    private Wanted wanted(String splitId) {
        return ((Reading<String>) splits.of(splitId).orElseThrow()).wanted();
    }

    @Test
    void theReaderThatHasAClaimedSplitIsAskedOnce() {
        reads(0, "a", Wanted.BY_NOBODY.claimed(Claim.Kind.ASK));
        reads(1, "b", Wanted.BY_NOBODY.claimed(Claim.Kind.FORCE));

        assertThat(asked()).containsExactly(freeze(0, "a", 1), stop(1, "b", 2));
        assertThat(asked()).isEmpty();
        assertThat(attempts.isToStop(0)).isFalse();
        assertThat(attempts.isToStop(1)).isTrue();
    }

    @Test
    void aSplitThatNoReaderHasIsAskedForWhenOneHasIt() {
        attempts.started(0, "r0");
        Wanted claimed = Wanted.BY_NOBODY.claimed(Claim.Kind.ASK);
        splits.becomes("a", new Waiting<>(at("a", 1), OptionalInt.empty(), claimed));
        assertThat(asked()).isEmpty();

        assigned(0);

        assertThat(asked()).containsExactly(freeze(0, "a", 1));
    }

    /** It may stand still under that number already, in a checkpoint that is completing. */
    @Test
    void whatIsForcedAfterItWasAskedForKeepsItsNumber() {
        reads(0, "a", Wanted.BY_NOBODY.claimed(Claim.Kind.ASK));
        asked();
        reads(0, "a", wanted("a").claimed(Claim.Kind.FORCE));

        assertThat(asked()).containsExactly(stop(0, "a", 1));
        assertThat(wanted("a").asked().map(Asked::number)).contains(1L);
    }

    @Test
    void theNextRequestForASplitHasAnotherNumber() {
        reads(0, "a", Wanted.BY_NOBODY.claimed(Claim.Kind.ASK));
        asked();
        reads(0, "a", Wanted.BY_NOBODY);
        assertThat(asked()).isEmpty();
        reads(0, "a", Wanted.BY_NOBODY.claimed(Claim.Kind.ASK));

        assertThat(asked()).containsExactly(freeze(0, "a", 2));
    }

    /** It may stand still under that number already. */
    @Test
    void aClaimOnASplitThatIsToMoveTakesOverItsRequest() {
        reads(0, "a", Wanted.BY_NOBODY.toMove());
        assertThat(asked()).containsExactly(freeze(0, "a", 1));

        reads(0, "a", wanted("a").claimed(Claim.Kind.ASK));
        assertThat(asked()).isEmpty();
        reads(0, "a", wanted("a").claimed(Claim.Kind.FORCE));
        assertThat(asked()).containsExactly(stop(0, "a", 1));
    }

    @Test
    void whatAGoneAttemptWasAskedForIsVoid() {
        reads(0, "a", Wanted.BY_NOBODY.claimed(Claim.Kind.ASK));
        reads(1, "b", Wanted.BY_NOBODY.toMove());
        asked();

        gone(0);

        assertThat(splits.of("a")).isEmpty();
        assertThat(splits.areAtRest()).isFalse();
        gone(1);
        assertThat(splits.areAtRest()).isTrue();
    }

    @Test
    void whatLeavesIsNotAskedFor() {
        reads(0, "a", Wanted.BY_NOBODY.claimed(Claim.Kind.ASK));
        splits.becomes("a", new Releasing<>(0, 4));

        assertThat(asked()).isEmpty();
        assertThat(splits.areAtRest()).isFalse();
        splits.forget("a");
        assertThat(splits.areAtRest()).isTrue();
    }

    // ---------------------------------------------------------------------- spread

    private List<Command<String>> spread() {
        Outbox<String> out = new Outbox<>(attempts, BOTH);
        distribution.spread(new JobView(0, BOTH, 2, false), out);
        return out.commands();
    }

    @Test
    void readersAreEvenAsLongAsNoneHasTwoMoreThanAnother() {
        attempts.started(1, "r1");
        reads(0, "a", Wanted.BY_NOBODY);
        assertThat(spread()).isEmpty();
        reads(0, "b", Wanted.BY_NOBODY);

        spread();

        assertThat(asked()).containsExactly(freeze(0, "a", 1));
    }

    @Test
    void nothingIsToMoveWhileAnythingElseDoes() {
        attempts.started(1, "r1");
        List.of("a", "b", "c").forEach(id -> reads(0, id, Wanted.BY_NOBODY));
        await("d");
        assertThat(spread()).isEmpty();
        splits.becomes("d", new Withheld<>(at("d", 1), OptionalInt.empty()));
        reads(0, "c", Wanted.BY_NOBODY.claimed(Claim.Kind.ASK));
        assertThat(spread()).isEmpty();
        reads(0, "c", Wanted.BY_NOBODY);
        holdsAll = false;
        assertThat(spread()).isEmpty();
        holdsAll = true;

        assertThat(spread()).hasSize(1);
    }

    @Test
    void whatEachReaderHasIsKnownOfThoseThatHaveNothingToo() {
        attempts.started(1, "r1");
        reads(0, "a", Wanted.BY_NOBODY);

        assertThat(splits.bySubtask(attempts.subtasks()))
                .isEqualTo(Map.of(0, Set.of("a"), 1, Set.of()));
        assertThat(splits.countOf(0)).isEqualTo(1);
        assertThat(splits.countOf(1)).isZero();
        assertThat(splits.readerOf("a")).isEqualTo(OptionalInt.of(0));
        assertThat(attempts.readerId(0)).isEqualTo(Optional.of("r0"));
    }
}
