package io.leasehold.simulation;

import io.leasehold.lease.model.Balance;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Share;
import io.leasehold.simulation.Violation.Promise;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

import static org.assertj.core.api.Assertions.assertThat;

/** What readers of committed output must not see, told from a history alone. */
class OutputCheckerTest {

    private static final Incarnation A = new Incarnation("a", "a-1");
    private static final Incarnation B = new Incarnation("b", "b-1");
    private static final Duration WITHIN = Duration.ofNanos(10);

    @Test
    void whatIsDecidedAndCommittedOnceIsGood() {
        assertThat(judged(decided(11, 8), committed(12, "t", 5, 6, 7))).isEmpty();
    }

    @Test
    void aRecordThatIsCommittedTwiceIsTold() {
        assertThat(judged(decided(11, 8), committed(12, "t", 5, 6, 7), committed(13, "u", 7)))
                .containsExactly(Promise.OUTPUT_ONCE);
    }

    @Test
    void whatIsCommittedBeforeItIsDecidedIsTold() {
        assertThat(judged(decided(11, 7), committed(12, "t", 5, 6, 7), decided(13, 8)))
                .containsExactly(Promise.OUTPUT_IS_DECIDED);
    }

    @Test
    void aRecordThatIsNotCommittedInTimeIsTold() {
        assertThat(judged(decided(11, 8), committed(12, "t", 5, 7)))
                .containsExactly(Promise.OUTPUT_WHOLE);
    }

    @Test
    void whatWasDecidedJustNowMayBeOnItsWay() {
        assertThat(judged(decided(11, 8), committed(12, "t", 5, 6, 7), decided(95, 9))).isEmpty();
    }

    @Test
    void aLossThatIsToldIsNotMissing() {
        assertThat(
                        judged(
                                decided(11, 7),
                                new Fact.Opened(10, "t", A),
                                new Fact.Aborted(12, "t", "timed out", outputs(5, 6)),
                                new Fact.LossTold(13, B, "t")))
                .isEmpty();
    }

    @Test
    void whatAMemberLeftOpenHoldsReadersBack() {
        Fact opened = new Fact.Opened(10, "t", A);
        Fact closed = new Fact.Closed(20, A, true, 20, Duration.ZERO);

        assertThat(judged(opened, closed)).containsExactly(Promise.OUTPUT_IS_NOT_HELD_BACK);
        assertThat(judged(opened, closed, new Fact.Aborted(30, "t", "aborted", outputs(5))))
                .isEmpty();
        assertThat(judged(opened)).isEmpty();
    }

    @Test
    void aMemberThatIsReplacedIsOver() {
        Share share = new Share(1, Share.ANY_NUMBER, Balance.COUNT);
        assertThat(
                        judged(
                                new Fact.Joined(9, A, Duration.ofSeconds(6), share),
                                new Fact.Opened(10, "t", A),
                                new Fact.Joined(
                                        20,
                                        new Incarnation("a", "a-2"),
                                        Duration.ofSeconds(6),
                                        share)))
                .containsExactly(Promise.OUTPUT_IS_NOT_HELD_BACK);
    }

    private static List<Promise> judged(Fact... facts) {
        List<Fact> history = new ArrayList<>();
        history.add(new Fact.Lives(0, "b", B, Set.of()));
        history.add(new Fact.Discovered(1, "s", Set.of(), 5));
        history.addAll(List.of(facts));
        history.add(new Fact.Calm(50));
        history.add(new Fact.Over(100));
        return OutputChecker.violations(history, WITHIN).stream().map(Violation::promise).toList();
    }

    private static Fact decided(long at, long position) {
        return new Fact.Decided(at, A, A, 1, Map.of("s", position));
    }

    private static Fact committed(long at, String transaction, long... positions) {
        return new Fact.Committed(at, transaction, outputs(positions));
    }

    private static List<Fact.Output> outputs(long... positions) {
        return LongStream.of(positions).mapToObj(it -> new Fact.Output("s", it)).toList();
    }
}
