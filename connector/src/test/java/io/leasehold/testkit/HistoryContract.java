package io.leasehold.testkit;

import io.leasehold.lease.model.ChangeNumber;
import io.leasehold.lease.model.Claim.Kind;
import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.model.StateLine;
import io.leasehold.lease.store.DecisionRequest.Decide;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.LeaseOutcome.Refused;
import io.leasehold.lease.store.LeaseOutcome.WentBack;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.MembershipRequest.Beat;
import io.leasehold.lease.store.MembershipRequest.Close;
import io.leasehold.lease.store.MembershipRequest.Declare;
import io.leasehold.lease.store.MembershipRequest.Join;
import io.leasehold.lease.store.MembershipRequest.Open;
import io.leasehold.lease.store.OwnershipRequest.Acquire;
import io.leasehold.lease.store.SplitRequest.Read;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static io.leasehold.testkit.ScriptedMember.applied;
import static org.assertj.core.api.Assertions.assertThat;

/** Promises of a lease store about a table that loses its last changes. */
abstract class HistoryContract extends RetentionContract {

    /**
     * Keeps all that the store holds now.
     *
     * @return brings the store back to that; more than once
     */
    protected abstract Runnable keep();

    /** One request of each kind that says what its sender has seen. */
    private List<LeaseRequest<?>> allThatCompare(ScriptedMember a, Lease lease, long seen) {
        return List.of(
                new Open(group(), seen),
                new Join(group(), member("new", "1").row(), Optional.empty(), seen),
                new Beat(group(), a.self(), 7, seen),
                new Read(group(), seen, seen),
                new Read(group(), 0, seen),
                new Acquire(group(), a.self(), List.of(asRead(lease)), seen),
                new Declare(group(), a.self(), MemberState.DRAINED, "", 7, seen),
                deciding(a, seen),
                new Close(group(), a.self(), Optional.of(7L), Duration.ZERO, Duration.ZERO, seen));
    }

    /** A checkpoint of a member without splits or sinks. */
    private static Decide deciding(ScriptedMember a, long seen) {
        return new Decide(
                a.group(),
                a.self(),
                new DecidedCheckpoint(a.self(), new StateLine("line"), 1),
                List.of(),
                Map.of(),
                Set.of(),
                seen);
    }

    private static Acquire.Wanted asRead(Lease lease) {
        return new Acquire.Wanted(lease.splitId(), lease.version(), 1);
    }

    private static void assertWentBack(LeaseOutcome<?> outcome, long seen, long found) {
        assertThat(outcome).isInstanceOf(WentBack.class);
        assertThat(((WentBack<?>) outcome).seen()).isEqualTo(seen);
        assertThat(ChangeNumber.countOf(((WentBack<?>) outcome).found()))
                .isEqualTo(ChangeNumber.countOf(found));
    }

    @Test
    void whatWasSeenBeforeOthersMadeChangesIsInOneLineWithThem() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        long seen = a.open().changeNumber();
        for (int i = 1; i < ChangeNumber.REMEMBERED - 5; i++) {
            applied(a.discover("other" + i));
        }

        assertThat(allThatCompare(a, a.lease("s"), seen))
                .allSatisfy(request -> assertThat(a.send(request)).isInstanceOf(Applied.class));
    }

    @Test
    void ofWhatIsTooLongAgoNothingIsSaid() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Runnable back = keep();
        applied(a.discover("lost"));
        long seen = a.open().changeNumber();
        back.run();
        for (int i = 0; i <= ChangeNumber.REMEMBERED; i++) {
            applied(a.discover("other" + i));
        }

        assertThat(ChangeNumber.isForgotten(seen, a.open().changeNumber())).isTrue();
        assertThat(allThatCompare(a, a.lease("s"), seen))
                .allSatisfy(request -> assertThat(a.send(request)).isInstanceOf(Applied.class));
    }

    @Test
    void aTableThatLostChangesSaysSoToWhoHasSeenThemAndChangesNothing() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease free = a.lease("s");
        Membership before = applied(a.beat(7));
        Runnable back = keep();
        applied(a.discover("lost", "too"));
        applied(a.discover("and this"));
        long seen = a.open().changeNumber();
        back.run();

        assertThat(allThatCompare(a, free, seen))
                .allSatisfy(
                        request -> assertWentBack(a.send(request), seen, before.changeNumber()));
        assertThat(a.open()).isEqualTo(before);
        assertThat(a.leases()).isEqualTo(Map.of("s", free));
    }

    @Test
    void asManyOtherChangesAreNotTakenForThoseThatWereLost() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Runnable back = keep();
        applied(a.discover("lost"));
        applied(a.discover("too"));
        long seen = a.open().changeNumber();
        back.run();
        applied(a.discover("instead"));
        applied(a.discover("of them"));
        long found = a.open().changeNumber();

        assertThat(ChangeNumber.countOf(found)).isEqualTo(ChangeNumber.countOf(seen));
        assertThat(allThatCompare(a, a.lease("s"), seen))
                .allSatisfy(request -> assertWentBack(a.send(request), seen, found));
    }

    @Test
    void whoHasSeenNothingOfWhatWasLostGoesOn() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        long seen = a.open().changeNumber();
        Runnable back = keep();
        applied(joined("b").discover("lost"));
        back.run();

        assertThat(allThatCompare(a, a.lease("s"), seen))
                .allSatisfy(request -> assertThat(a.send(request)).isInstanceOf(Applied.class));
    }

    @Test
    void aGroupThatIsGoneWentBackToNothing() {
        Runnable back = keep();
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        long seen = a.open().changeNumber();
        back.run();

        assertWentBack(a.send(new Beat(group(), a.self(), 1, seen)), seen, 0);
        assertWentBack(a.send(new Read(group(), seen, seen)), seen, 0);
        assertWentBack(a.send(new Open(group(), seen)), seen, 0);
        // A group that is made anew begins elsewhere.
        applied(a.join(Optional.empty()));
        applied(a.discover("s"));
        assertThat(a.send(new Beat(group(), a.self(), 1, seen))).isInstanceOf(WentBack.class);
    }

    /** The condition on a version alone, whatever its sender says to have seen. */
    @Test
    void aVersionThatWasLostIsNoOtherHistorysVersion() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Runnable back = keep();
        Lease lost = a.taking("s");
        back.run();
        ScriptedMember b = joined("b");
        back.run();
        applied(b.join(Optional.empty()));
        Lease kept = b.taking("s");

        assertThat(applied(a.acquire(lost))).isEmpty();
        assertThat(applied(a.claim(Kind.FORCE, lost))).isEmpty();
        assertThat(a.lease("s")).isEqualTo(kept);
    }

    @Test
    void aSplitIsAcquiredBeyondAnEpochThatTheTableHasLost() {
        ScriptedMember a = joined("a");
        applied(a.discover("s", "t"));

        List<Acquire.Taken> taken =
                applied(
                        a.send(
                                new Acquire(
                                        group(),
                                        a.self(),
                                        List.of(
                                                new Acquire.Wanted(
                                                        "s", a.lease("s").version(), 1, 41),
                                                new Acquire.Wanted(
                                                        "t", a.lease("t").version(), 1, 0)))));

        assertThat(taken)
                .extracting(one -> one.lease().splitId() + one.lease().epoch())
                .containsExactlyInAnyOrder("s42", "t1");
        List<Acquire.Wanted> less = List.of(new Acquire.Wanted("s", a.lease("s").version(), 1, 7));
        assertThat(applied(a.send(new Acquire(group(), a.self(), less))).get(0).lease().epoch())
                .isEqualTo(43);
    }

    @Test
    void whoIsAloneAndClosedIsRefusedAndNotToldThatTheTableWentBack() {
        ScriptedMember a = joined("a");
        long seen = a.open().changeNumber();
        applied(a.close(a, Optional.empty()));

        assertThat(a.send(new Beat(group(), a.self(), 1, seen))).isInstanceOf(Refused.class);
    }
}
