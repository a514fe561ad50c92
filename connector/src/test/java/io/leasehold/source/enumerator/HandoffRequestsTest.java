package io.leasehold.source.enumerator;

import io.leasehold.lease.Claim;
import io.leasehold.source.enumerator.HandoffRequests.Due;

import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

class HandoffRequestsTest {

    private final HandoffRequests requests = new HandoffRequests();

    @Test
    void theReaderThatHasAClaimedSplitIsAskedOnce() {
        requests.claimed("a", Claim.Kind.ASK);
        requests.claimed("b", Claim.Kind.FORCE);

        assertThat(due(Map.of("a", 0, "b", 1)))
                .containsExactlyInAnyOrder(
                        new Due(0, "a", 1, Claim.Kind.ASK), new Due(1, "b", 2, Claim.Kind.FORCE));
        assertThat(due(Map.of("a", 0, "b", 1))).isEmpty();
    }

    @Test
    void aSplitThatNoReaderHasIsAskedForWhenOneHasIt() {
        requests.claimed("a", Claim.Kind.ASK);

        assertThat(due(Map.of())).isEmpty();
        assertThat(due(Map.of("a", 0))).extracting(Due::splitId).containsExactly("a");
    }

    /** It may stand still under that number already, in a checkpoint that is completing. */
    @Test
    void whatIsForcedAfterItWasAskedForKeepsItsNumber() {
        requests.claimed("a", Claim.Kind.ASK);
        due(Map.of("a", 0));
        requests.claimed("a", Claim.Kind.FORCE);

        assertThat(due(Map.of("a", 0))).containsExactly(new Due(0, "a", 1, Claim.Kind.FORCE));
        assertThat(requests.isLast("a", 1)).isTrue();
    }

    @Test
    void aWithdrawnNumberCountsNoMoreAndTheNextRequestHasAnother() {
        requests.claimed("a", Claim.Kind.ASK);
        due(Map.of("a", 0));

        assertThat(requests.over("a")).map(HandoffRequests.Asked::number).contains(1L);
        assertThat(requests.isLast("a", 1)).isFalse();
        requests.claimed("a", Claim.Kind.ASK);
        assertThat(due(Map.of("a", 0))).containsExactly(new Due(0, "a", 2, Claim.Kind.ASK));
        assertThat(requests.isLast("a", 1)).isFalse();
        assertThat(requests.isLast("a", 2)).isTrue();
    }

    @Test
    void aClaimThatIsOverBeforeAnybodyWasAskedHasNothingToWithdraw() {
        requests.claimed("a", Claim.Kind.ASK);

        assertThat(requests.over("a")).isEmpty();
        assertThat(due(Map.of("a", 0))).isEmpty();
    }

    @Test
    void whatAGoneAttemptWasAskedForIsVoid() {
        requests.claimed("a", Claim.Kind.ASK);
        requests.claimed("b", Claim.Kind.ASK);
        due(Map.of("a", 0, "b", 1));

        requests.attemptGone(0);

        assertThat(requests.isLast("a", 1)).isFalse();
        assertThat(requests.isLast("b", 2)).isTrue();
    }

    /** The keeper tells the claim again when it has acquired the split. */
    @Test
    void aSplitThatIsAcquiredAnewIsNotAskedForBeforeItsClaimIsToldAgain() {
        requests.claimed("a", Claim.Kind.FORCE);
        due(Map.of("a", 0));
        requests.attemptGone(0);
        requests.notHeld("a");

        assertThat(due(Map.of("a", 0))).isEmpty();
        assertThat(requests.forced()).isEmpty();
    }

    @Test
    void onlyForcedSplitsAreBarredFromReaders() {
        requests.claimed("a", Claim.Kind.ASK);
        requests.claimed("b", Claim.Kind.FORCE);

        assertThat(requests.forced()).containsExactly("b");
        requests.over("b");
        assertThat(requests.forced()).isEmpty();
    }

    @Test
    void whatLeavesIsNeitherAskedForNorTakenForProgressInThatEpoch() {
        requests.claimed("a", Claim.Kind.ASK);
        due(Map.of("a", 0));
        requests.leaves("a", 4);

        assertThat(requests.isLeaving("a", 4)).isTrue();
        assertThat(requests.isLeaving("a", 6)).isFalse();
        assertThat(requests.isLast("a", 1)).isFalse();
        assertThat(due(Map.of("a", 0))).isEmpty();
        requests.forget("a");
        assertThat(requests.isLeaving("a", 4)).isFalse();
    }

    // ------------------------------------------------------------------ within the job

    @Test
    void theReaderOfASplitThatIsToMoveIsAskedOnceUnderANumberOfItsOwn() {
        requests.moves("a");

        assertThat(due(Map.of("a", 0))).containsExactly(new Due(0, "a", 1, Claim.Kind.ASK));
        assertThat(due(Map.of("a", 0))).isEmpty();
        assertThat(requests.isLast("a", 1)).isTrue();
        assertThat(requests.isClaimed("a")).isFalse();
    }

    /** It may stand still under that number already. */
    @Test
    void aClaimOnASplitThatIsToMoveTakesOverItsRequest() {
        requests.moves("a");
        due(Map.of("a", 0));

        requests.claimed("a", Claim.Kind.ASK);
        assertThat(due(Map.of("a", 0))).isEmpty();
        assertThat(requests.isClaimed("a")).isTrue();
        requests.claimed("a", Claim.Kind.FORCE);
        assertThat(due(Map.of("a", 0))).containsExactly(new Due(0, "a", 1, Claim.Kind.FORCE));
    }

    @Test
    void whenTheClaimIsOverTheSplitIsNotToMoveEither() {
        requests.moves("a");
        due(Map.of("a", 0));
        requests.claimed("a", Claim.Kind.ASK);

        assertThat(requests.over("a")).map(HandoffRequests.Asked::number).contains(1L);
        assertThat(due(Map.of("a", 0))).isEmpty();
        assertThat(requests.isAtRest()).isTrue();
    }

    @Test
    void whatIsToMoveFromAGoneAttemptIsNotToMoveAnyMore() {
        requests.moves("a");
        requests.moves("b");
        due(Map.of("a", 0, "b", 1));

        requests.attemptGone(0);

        assertThat(due(Map.of("a", 2, "b", 1))).isEmpty();
        assertThat(requests.isAtRest()).isFalse();
        requests.attemptGone(1);
        assertThat(requests.isAtRest()).isTrue();
    }

    @Test
    void thereIsNoRestWhileASplitIsClaimedOrLeavesOrIsToMove() {
        assertThat(requests.isAtRest()).isTrue();
        requests.claimed("a", Claim.Kind.ASK);
        assertThat(requests.isAtRest()).isFalse();
        requests.leaves("a", 4);
        assertThat(requests.isAtRest()).isFalse();
        requests.forget("a");
        assertThat(requests.isAtRest()).isTrue();
        requests.moves("b");
        assertThat(requests.isAtRest()).isFalse();
        requests.notHeld("b");
        assertThat(requests.isAtRest()).isTrue();
    }

    private Set<Due> due(Map<String, Integer> holders) {
        return requests.due(
                splitId ->
                        holders.containsKey(splitId)
                                ? OptionalInt.of(holders.get(splitId))
                                : OptionalInt.empty());
    }
}
