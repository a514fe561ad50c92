package io.leasehold.source.metrics;

import io.leasehold.lease.member.LeaseEvent;
import io.leasehold.lease.member.LeaseKeeper;
import io.leasehold.lease.member.LeaseStep;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.LeaseStanding;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.MembershipRequest;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.lease.store.SplitRequest;
import io.leasehold.store.memory.MemoryLeaseTable;
import io.leasehold.testkit.ReportedMetrics;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** Each metric of an enumerator, as it would be reported. */
@Timeout(30)
class EnumeratorMetricsTest {

    private static final Progress PROGRESS = new Progress(new byte[0], 1, "a position", 1);
    private static final Incarnation ME = new Incarnation("blue", "blue-1");
    private static final LeaseTerms TERMS = LeaseTerms.of(Duration.ofSeconds(10));

    private final ReportedMetrics reported = new ReportedMetrics();
    private final LeaseCounts counts = new LeaseCounts();
    private long now = Long.MAX_VALUE - 5;
    private final EnumeratorMetrics metrics =
            new EnumeratorMetrics(reported.root(), counts, () -> now);

    @Test
    void allAndOnlyThoseOfAnEnumeratorAreReported() {
        assertThat(reported.names()).isEqualTo(LeaseMetricTest.names(LeaseMetric.Place.ENUMERATOR));
    }

    @Test
    void howTheMemberStandsIsShown() {
        metrics.stands(new LeaseStanding(1, 2, 3, 4, 5, 6, OptionalLong.empty()));

        assertThat(
                        List.of(
                                value("leasesHeld"),
                                value("leasesWanted"),
                                value("leasesClaimed"),
                                value("splitsUnassigned"),
                                value("splitsUnreadable"),
                                value("membersAlive")))
                .containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    }

    @Test
    void whatIsLeftOfTheValidityShrinksToNothing() {
        assertThat(value("remainingValidity")).isZero();

        metrics.stands(new LeaseStanding(0, 0, 0, 0, 0, 0, OptionalLong.of(now + millis(3_000))));
        now += millis(1_000);
        assertThat(value("remainingValidity")).isEqualTo(2_000);
        now += millis(5_000);
        assertThat(value("remainingValidity")).isZero();
    }

    @Test
    void aRenewalIsDatedFromWhenItWasSent() {
        assertThat(value("renewalAge")).isEqualTo(-1);
        assertThat(value("renewalLatency")).isEqualTo(-1);
        assertThat(value("maxRenewalLatency")).isEqualTo(-1);

        Driven member = new Driven();
        member.renew(70);
        member.renew(20);
        now += millis(300);

        assertThat(value("renewalLatency")).isEqualTo(20);
        assertThat(value("maxRenewalLatency")).isEqualTo(70);
        assertThat(value("renewalAge")).isEqualTo(320);
    }

    @Test
    void aRenewalThatIsNotAnsweredIsNone() {
        Driven member = new Driven();
        member.renew(20);
        LeaseStep<?> beat = member.next(MembershipRequest.Beat.class);

        metrics.answered(unanswered(beat), now, now + millis(500));

        assertThat(value("renewalLatency")).isEqualTo(20);
        assertThat(value("maxRenewalLatency")).isEqualTo(20);
        assertThat(value("renewalAge")).isGreaterThanOrEqualTo(TERMS.renewInterval().toMillis());
        assertThat(value("storeErrors")).isEqualTo(1);
        assertThat(value("unknownOutcomes")).isEqualTo(1);
    }

    @Test
    void aReadThatIsNotAnsweredHasChangedNothing() {
        metrics.answered(unanswered(new Driven().next(MembershipRequest.Open.class)), now, now);
        metrics.answered(unanswered(new Driven().next(SplitRequest.Read.class)), now, now);

        assertThat(value("storeErrors")).isEqualTo(2);
        assertThat(value("unknownOutcomes")).isZero();
    }

    /** It is the first one: the member is valid from when it asked to join. */
    @Test
    void toJoinIsARenewal() {
        Driven member = new Driven();
        LeaseStep<?> join = member.next(MembershipRequest.Join.class);

        metrics.answered(join.sendTo(member.store), now, now + millis(30));

        assertThat(value("renewalLatency")).isEqualTo(30);
    }

    @Test
    void noOtherRequestIsARenewal() {
        for (Class<?> kind : List.of(MembershipRequest.Open.class, SplitRequest.Read.class)) {
            Driven member = new Driven();
            LeaseStep<?> step = member.next(kind);
            metrics.answered(step.sendTo(member.store), now, now + millis(30));
        }

        assertThat(value("renewalLatency")).isEqualTo(-1);
        assertThat(value("renewalAge")).isEqualTo(-1);
    }

    /** Who is closed beats in vain, however fast it is told so. */
    @Test
    void aRenewalThatIsRefusedIsNone() {
        Driven member = new Driven();
        member.renew(20);
        LeaseStep<?> beat = member.next(MembershipRequest.Beat.class);

        metrics.answered(
                beat.answeredBy(new LeaseOutcome.Refused<>("It is closed.")),
                now,
                now + millis(500));

        assertThat(value("renewalLatency")).isEqualTo(20);
        assertThat(value("maxRenewalLatency")).isEqualTo(20);
        assertThat(value("storeErrors")).isZero();
    }

    @Test
    void whatTheTableRefusesIsFenced() {
        Driven member = new Driven().holding("a", "b");
        member.keeper
                .splits()
                .progressed(
                        List.of(
                                new OwnershipRequest.Recorded("a", 1, PROGRESS),
                                new OwnershipRequest.Recorded("b", 1, PROGRESS)));
        answer(member.next(OwnershipRequest.Record.class), Set.of("a"));
        assertThat(value("fencedWrites")).isEqualTo(1);
        assertThat(value("releases")).isZero();

        member = new Driven().holding("a", "b");
        member.keeper.splits().finished(List.of(new OwnershipRequest.Recorded("a", 1, PROGRESS)));
        answer(member.next(OwnershipRequest.Finish.class), Set.of());
        assertThat(value("fencedWrites")).isEqualTo(2);
    }

    @Test
    void whatTheTableTakesBackIsReleased() {
        Driven member = new Driven().holding("a", "b");
        member.keeper.splits().cannotRead("a");
        member.keeper.splits().cannotRead("b");

        answer(member.next(OwnershipRequest.Release.class), Set.of("a"));

        assertThat(value("releases")).isEqualTo(1);
        assertThat(value("fencedWrites")).isEqualTo(1);
    }

    @Test
    void splitsAreCountedByTheWayTheyCame() {
        for (LeaseEvent.Acquired.Way way : LeaseEvent.Acquired.Way.values()) {
            metrics.learnt(acquired(way));
        }
        metrics.learnt(acquired(LeaseEvent.Acquired.Way.HANDOFF));

        assertThat(value("acquires")).isEqualTo(5);
        assertThat(value("handoffsReceived")).isEqualTo(2);
        assertThat(value("takeovers")).isEqualTo(1);
    }

    @Test
    void splitsAreCountedByTheWayTheyWent() {
        metrics.learnt(new LeaseEvent.Dropped("a", true));
        metrics.learnt(new LeaseEvent.Dropped("b", true));
        metrics.learnt(new LeaseEvent.Dropped("c", false));
        metrics.learnt(new LeaseEvent.Lost("d", "it is gone"));

        assertThat(value("handoffsGiven")).isEqualTo(2);
        assertThat(value("losses")).isEqualTo(2);
    }

    @Test
    void whenAMemberIsOverAllThatItHeldIsLost() {
        metrics.stands(new LeaseStanding(3, 0, 0, 0, 0, 0, OptionalLong.empty()));

        metrics.learnt(new LeaseEvent.ClosedByOthers("it was closed by another"));

        assertThat(value("losses")).isEqualTo(3);
    }

    @Test
    void stateThatIsOfNoUseIsCounted() {
        metrics.learnt(new LeaseEvent.RestoredElsewhere("a", ME));
        metrics.learnt(tenureBroken(true));
        metrics.learnt(tenureBroken(true));
        metrics.learnt(tenureBroken(true));
        metrics.learnt(tenureBroken(false));
        metrics.learnt(tenureBroken(false));

        assertThat(value("restoredElsewhere")).isEqualTo(1);
        assertThat(value("restoredFromTable")).isEqualTo(2);
        assertThat(value("restoredFromState")).isEqualTo(3);
    }

    // ------------------------------------------------------------------------ one after another

    /** Flink keeps the group, and would keep the first one's values for ever. */
    @Test
    void theNextEnumeratorIsTheOneThatIsReported() {
        metrics.stands(new LeaseStanding(5, 0, 0, 0, 0, 0, OptionalLong.empty()));
        EnumeratorMetrics next = new EnumeratorMetrics(reported.root(), counts, () -> now);
        // Flink does not wait for ever until the first one is closed.
        next.stands(new LeaseStanding(1, 0, 0, 0, 0, 0, OptionalLong.empty()));
        assertThat(value("leasesHeld")).isEqualTo(1);

        metrics.close();
        assertThat(value("leasesHeld")).isEqualTo(1);
    }

    @Test
    void oneThatIsClosedIsNotReported() {
        metrics.close();

        assertThat(reported.names()).isEmpty();
    }

    /** A lost lease restarts the job: nobody would see that it was counted. */
    @Test
    void countsGoOnFromOneEnumeratorToTheNext() {
        metrics.learnt(new LeaseEvent.Lost("a", "it is gone"));
        metrics.close();

        EnumeratorMetrics next = new EnumeratorMetrics(reported.root(), counts, () -> now);
        next.learnt(new LeaseEvent.Lost("b", "it is gone"));

        assertThat(value("losses")).isEqualTo(2);
    }

    // ---------------------------------------------------------------------------------- pieces

    private long value(String name) {
        return reported.value(LeaseMetric.GROUP + "." + name);
    }

    private static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    private static LeaseEvent.TenureBroken tenureBroken(boolean fromState) {
        return new LeaseEvent.TenureBroken(
                acquired(LeaseEvent.Acquired.Way.FREE).lease(), PROGRESS, fromState);
    }

    private static LeaseEvent.Acquired acquired(LeaseEvent.Acquired.Way way) {
        return new LeaseEvent.Acquired(
                new Lease("a", Optional.of(ME), 1, 1, Optional.empty(), false, Set.of(), 0, 1),
                PROGRESS,
                false,
                way);
    }

    /** A member that this test drives, over a table of its own. */
    private final class Driven {

        final LeaseKeeper keeper = new LeaseKeeper("orders", ME, Share.of(1), "a test", TERMS, now);
        private final LeaseStore store = new MemoryLeaseTable().open();

        /** The next step of that kind; whatever is sent before is answered. */
        LeaseStep<?> next(Class<?> kind) {
            while (true) {
                Optional<LeaseStep<?>> step = keeper.next(now);
                if (step.isEmpty()) {
                    now = keeper.wakeAt(now);
                } else if (kind.isInstance(step.get().request())) {
                    return step.get();
                } else {
                    keeper.answered(step.get().sendTo(store), now, now);
                }
            }
        }

        void renew(long millis) {
            LeaseStep<?> beat = next(MembershipRequest.Beat.class);
            long sentAt = now;
            now += millis(millis);
            LeaseStep.Answer<?> answer = beat.sendTo(store);
            metrics.answered(answer, sentAt, now);
            keeper.answered(answer, sentAt, now);
        }

        Driven holding(String... splitIds) {
            keeper.stateIsKnown();
            keeper.splits()
                    .discovered(
                            Stream.of(splitIds)
                                    .map(
                                            id ->
                                                    new SplitRequest.Discover.NewSplit(
                                                            id, Set.of(), PROGRESS))
                                    .toList());
            LeaseStep<?> acquire = next(OwnershipRequest.Acquire.class);
            keeper.answered(acquire.sendTo(store), now, now);
            return this;
        }
    }

    @SuppressWarnings("unchecked") // That is what such a request answers.
    private void answer(LeaseStep<?> write, Set<String> taken) {
        metrics.answered(
                ((LeaseStep<Set<String>>) write).answeredBy(new LeaseOutcome.Applied<>(taken)),
                now,
                now);
    }

    private static <A> LeaseStep.Answer<A> unanswered(LeaseStep<A> step) {
        return step.answeredBy(
                new LeaseOutcome.Unknown<>(
                        new LeaseStoreException(
                                "No answer.", LeaseStoreException.Kind.UNREACHABLE, null)));
    }
}
