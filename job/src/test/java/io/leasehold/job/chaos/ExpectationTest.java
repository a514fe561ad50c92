package io.leasehold.job.chaos;

import io.leasehold.job.chaos.audit.Life;
import io.leasehold.job.chaos.audit.Run;
import io.leasehold.job.chaos.audit.Struck;
import io.leasehold.job.chaos.emitter.Emission;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(10)
class ExpectationTest {

    /**
     * Lines of {@code split offset epoch member attempt seconds}; the fault lasts from 10 to 20.
     */
    private static Run run(String... lines) {
        List<Emission> emissions =
                new ArrayList<>(
                        Stream.of(lines).map(it -> Emission.parse(it + "000000000")).toList());
        return new Run(
                0,
                100_000_000_000L,
                List.of(new Struck("something", 10_000_000_000L, 20_000_000_000L, Map.of())),
                Life.of(emissions),
                Map.of(),
                Map.of(),
                Map.of(),
                0,
                Map.of(),
                0);
    }

    private static final String BEFORE = "q-0 0 1 a 0.0.x 5";

    @Test
    void aRunThatHurtNobodyDidNotBite() {
        Run calm = run(BEFORE, "q-0 1 1 a 0.0.x 15", "q-0 2 1 a 0.0.x 25");

        assertThat(
                        Stream.of(
                                Expectation.failover("a"),
                                Expectation.replacedBeforeCure("a"),
                                Expectation.bareOverlaps(),
                                Expectation.takenOver("a", "b"),
                                Expectation.newLife("a"),
                                Expectation.anythingMovedOrRestarted(),
                                Expectation.silence(Duration.ofSeconds(11))))
                .allSatisfy(
                        it ->
                                assertThat(it.unmet(calm))
                                        .hasValueSatisfying(
                                                why -> assertThat(why).startsWith("did not bite")));
    }

    @Test
    void aFailoverIsALaterAttemptOfTheMember() {
        assertThat(Expectation.failover("a").unmet(run(BEFORE, "q-0 0 2 a 0.1.y 25"))).isEmpty();
    }

    @Test
    void aZombieIsOnlyOneIfItsReplacementCameBeforeItWoke() {
        Expectation expectation = Expectation.replacedBeforeCure("a");

        assertThat(expectation.unmet(run(BEFORE, "q-0 0 2 a 0.1.y 15"))).isEmpty();
        assertThat(expectation.unmet(run(BEFORE, "q-0 0 2 a 0.1.y 25"))).isPresent();
    }

    @Test
    void silenceIsMeasuredFromTheFault() {
        Run run = run(BEFORE, "q-0 1 1 a 0.0.x 12", "q-0 2 1 a 0.0.x 24");

        assertThat(Expectation.silence(Duration.ofSeconds(12)).unmet(run)).isEmpty();
        assertThat(Expectation.silence(Duration.ofSeconds(13)).unmet(run)).isPresent();
    }

    @Test
    void theSilenceOfAMemberIsItsOwn() {
        Run run = run(BEFORE, "q-0 1 1 a 0.0.x 12", "q-1 0 1 b 0.0.y 16", "q-0 2 1 a 0.0.x 24");

        assertThat(Expectation.silence("a", Duration.ofSeconds(12)).unmet(run)).isEmpty();
        assertThat(Expectation.silence("b", Duration.ofSeconds(7)).unmet(run)).isPresent();
        assertThat(Expectation.silence(Duration.ofSeconds(9)).unmet(run)).isPresent();
    }

    @Test
    void howLongAMemberReadsOnIsMeasuredWithinTheFault() {
        Expectation expectation =
                Expectation.readOnFor("a", Duration.ofSeconds(2), Duration.ofSeconds(4));
        String other = "q-1 0 1 b 0.0.y 18";
        String behind = "q-0 2 1 a 0.0.x 24";

        assertThat(expectation.unmet(run(BEFORE, other, behind))).isPresent();
        assertThat(expectation.unmet(run(BEFORE, "q-0 1 1 a 0.0.x 11", other, behind))).isPresent();
        assertThat(expectation.unmet(run(BEFORE, "q-0 1 1 a 0.0.x 13", other, behind))).isEmpty();
        assertThat(expectation.unmet(run(BEFORE, "q-0 1 1 a 0.0.x 15", other, behind))).isPresent();
    }

    @Test
    void takenOverMeansAllSplits() {
        Expectation expectation = Expectation.takenOver("a", "b");
        String second = "q-1 0 1 a 0.0.x 5";

        assertThat(expectation.unmet(run(BEFORE, second, "q-0 1 2 b 0.0.y 15"))).isPresent();
        assertThat(
                        expectation.unmet(
                                run(BEFORE, second, "q-0 1 2 b 0.0.y 15", "q-1 1 2 b 0.0.y 16")))
                .isEmpty();
    }

    @Test
    void aSplitThatStopsForGoodIsFound() {
        assertThat(Expectation.allGoOn().unmet(run(BEFORE, "q-0 1 1 a 0.0.x 19"))).isPresent();
        assertThat(Expectation.allGoOn().unmet(run(BEFORE, "q-0 1 1 a 0.0.x 21"))).isEmpty();
    }

    @Test
    void everyScenarioSaysHowItBites() {
        assertThat(Scenarios.ALL)
                .allSatisfy(
                        scenario ->
                                assertThat(scenario.expectations())
                                        .anyMatch(it -> it.kind() == Expectation.Kind.BITES));
        assertThat(Scenarios.ALL.stream().map(Scenario::name)).doesNotHaveDuplicates();
    }

    @Test
    void aLongLifeWithoutAGrantIsFound() {
        String[] lines =
                LongStream.rangeClosed(0, Life.EXPOSURE)
                        .mapToObj(it -> "q-0 %d 1 a 0.0.x %d".formatted(it, it))
                        .toArray(String[]::new);

        assertThat(Expectation.grantsWrittenDown().unmet(run(BEFORE))).isEmpty();
        assertThat(Expectation.grantsWrittenDown().unmet(run(lines))).isPresent();
    }
}
