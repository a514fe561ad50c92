package io.leasehold.testkit;

import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Claim.Kind;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.GroupSummary;
import io.leasehold.lease.store.Inspection;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.OperatorRequest.AsRead;
import io.leasehold.lease.store.OperatorRequest.Check;
import io.leasehold.lease.store.OperatorRequest.Forget;
import io.leasehold.lease.store.OperatorRequest.Groups;
import io.leasehold.lease.store.OperatorRequest.Inspect;
import io.leasehold.lease.store.OperatorRequest.ReleaseAbandoned;
import io.leasehold.lease.store.OperatorRequest.Reset;
import io.leasehold.lease.store.StoreCheck;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import static io.leasehold.testkit.ScriptedMember.applied;
import static io.leasehold.testkit.ScriptedMember.position;
import static org.assertj.core.api.Assertions.assertThat;

/** What operators see, and what they may change. */
abstract class OperatorContract extends OwnershipContract {

    private static AsRead asRead(Lease lease) {
        return new AsRead(lease.splitId(), lease.version());
    }

    private static LeaseOutcome<Set<String>> free(ScriptedMember through, Lease... asRead) {
        return through.send(
                new ReleaseAbandoned(
                        through.group(), Stream.of(asRead).map(OperatorContract::asRead).toList()));
    }

    private static LeaseOutcome<Set<String>> forget(ScriptedMember through, Lease... asRead) {
        return through.send(
                new Forget(
                        through.group(), Stream.of(asRead).map(OperatorContract::asRead).toList()));
    }

    private static LeaseOutcome<Set<String>> reset(
            ScriptedMember through, Progress to, Lease... asRead) {
        return through.send(
                new Reset(
                        through.group(),
                        Stream.of(asRead)
                                .map(
                                        lease ->
                                                new Reset.Position(
                                                        lease.splitId(), lease.version(), to))
                                .toList()));
    }

    private Optional<Inspection> inspection(ScriptedMember through) {
        return applied(through.send(new Inspect(through.group())));
    }

    // ---------------------------------------------------------------------------------- reading

    @Test
    void aGroupThatNobodyHasOpenedIsNotThere() {
        ScriptedMember a = member("a", "1");

        assertThat(inspection(a)).isEmpty();
        assertThat(applied(a.send(new Groups())))
                .extracting(GroupSummary::id)
                .doesNotContain(group());

        a.open();
        assertThat(inspection(a).orElseThrow())
                .satisfies(seen -> assertThat(seen.members()).isEmpty())
                .satisfies(seen -> assertThat(seen.splits()).isEmpty());
        assertThat(applied(a.send(new Groups()))).extracting(GroupSummary::id).contains(group());
    }

    @Test
    void anInspectionShowsAllThereIs() {
        ScriptedMember b = joined("b");
        ScriptedMember a = joined("a");
        applied(a.discover("t", "s"));
        Lease had = a.taking("s");
        applied(a.record(had, position("so far", 4)));
        b.claiming("s");
        applied(a.beat(3));

        Inspection seen = inspection(b).orElseThrow();

        assertThat(seen.changeNumber()).isEqualTo(b.open().changeNumber());
        assertThat(seen.members())
                .extracting(Inspection.SeenMember::row)
                .containsExactly(a.row().beaten(3), b.row());
        assertThat(seen.splits())
                .extracting(Inspection.SeenSplit::lease)
                .containsExactly(b.lease("s"), b.lease("t"));
        assertThat(seen.splits())
                .extracting(Inspection.SeenSplit::progress)
                .containsExactly(position("so far", 4), position("start", 0));
        assertThat(seen.unreadable()).isEmpty();
        assertThat(seen.members())
                .allMatch(member -> !member.beatAt().isAfter(seen.readAt()))
                .allMatch(member -> !member.joinedAt().isAfter(member.beatAt()));
        assertThat(seen.splits()).allMatch(split -> !split.progressAt().isAfter(seen.readAt()));
    }

    @Test
    void groupsAreListedWithWhatTheyHave() {
        ScriptedMember a = joined("a");
        applied(a.discover("s", "t"));

        GroupSummary listed =
                applied(a.send(new Groups())).stream()
                        .filter(one -> one.id().equals(group()))
                        .findFirst()
                        .orElseThrow();

        assertThat(listed.members()).isOne();
        assertThat(listed.splits()).isEqualTo(2);
        assertThat(listed.changeNumber()).isEqualTo(a.open().changeNumber());
        assertThat(listed.schemaVersion()).isEqualTo(applied(a.send(new Check())).schemaVersion());
    }

    @Test
    void aCheckChangesNothingAndWhoOwnsTheTablesMayDoAll() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Inspection before = inspection(a).orElseThrow();

        StoreCheck check = applied(a.send(new Check()));

        assertThat(check.rights()).allMatch(StoreCheck.Right::granted);
        assertThat(check.product()).isNotBlank();
        assertThat(inspection(a).orElseThrow().splits()).isEqualTo(before.splits());
        assertThat(a.open().changeNumber()).isEqualTo(before.changeNumber());
    }

    // ---------------------------------------------------------------------------------- freeing

    @Test
    void whatAnOwnerHoldsThatMayWriteIsNotFreed() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease had = a.taking("s");

        assertThat(applied(free(joined("b"), had))).isEmpty();
        assertThat(a.lease("s")).isEqualTo(had);
    }

    @Test
    void whatAClosedOwnerHeldIsFreedAsItWasAndTheClaimStays() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease had = a.taking("s");
        applied(a.record(had, position("far", 3)));
        ScriptedMember b = joined("b");
        Lease claimed = b.claiming("s");
        applied(b.close(a, Optional.of(0L)));

        assertThat(applied(free(b, had))).as("not as read").isEmpty();
        assertThat(applied(free(b, claimed))).containsExactly("s");

        Lease freed = b.lease("s");
        assertThat(freed.owner()).isEmpty();
        assertThat(freed.claim()).contains(new Claim("b", Kind.ASK));
        assertThat(freed.epoch()).isEqualTo(had.epoch());
        assertThat(freed.tenure()).isEqualTo(had.tenure());
        assertThat(freed.version()).isEqualTo(b.open().changeNumber());
        assertThat(applied(free(b, freed))).as("nobody's").isEmpty();
        assertThat(b.progressOf("s")).isEqualTo(position("far", 3));
    }

    @Test
    void whatAnEarlierIncarnationHeldIsFreed() {
        ScriptedMember old = joined("a");
        applied(old.discover("s"));
        Lease had = old.taking("s");
        ScriptedMember next = member("a", "a-2").joined();

        assertThat(applied(free(next, had))).containsExactly("s");
        assertThat(next.lease("s").owner()).isEmpty();
    }

    @Test
    void freeAfterALostAnswerIsRecognisedByTheNextRead() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease had = a.taking("s");
        ScriptedMember b = joined("b");
        applied(b.close(a, Optional.of(0L)));
        lost(b, new ReleaseAbandoned(group(), List.of(asRead(had))));
        Lease freed = b.lease("s");

        assertThat(freed.owner()).isEmpty();
        assertThat(applied(free(b, had))).isEmpty();
        assertThat(b.lease("s")).isEqualTo(freed);
    }

    // ---------------------------------------------------------------------------------- resetting

    @Test
    void aResetSplitStartsThereInAnotherTenure() {
        ScriptedMember a = joined("a");
        applied(a.discover("s", "t"));
        Lease had = a.taking("s");
        applied(a.release(had, Optional.of(position("far", 9))));
        Lease free = a.lease("s");
        Lease other = a.lease("t");

        assertThat(applied(reset(a, position("back", 0), free))).containsExactly("s");

        Lease after = a.lease("s");
        assertThat(after.tenure()).isEqualTo(free.tenure() + 1);
        assertThat(after.epoch()).isEqualTo(free.epoch());
        assertThat(after.owner()).isEmpty();
        assertThat(after.version()).isEqualTo(a.open().changeNumber());
        assertThat(a.lease("t")).isEqualTo(other);
        Lease next = a.taking("s");
        assertThat(applied(a.record(next, position("on", 1)))).containsExactly("s");
    }

    @Test
    void aResetPositionIsWhatTheNextOwnerIsGiven() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Progress back = new Progress(new byte[] {0, -1, 7}, 5, "back", 0);

        applied(reset(a, back, a.lease("s")));

        assertThat(a.progressOf("s")).isEqualTo(back);
    }

    @Test
    void onlyUnownedUnfinishedSplitsAreResetThatAreAsRead() {
        ScriptedMember a = joined("a");
        applied(a.discover("free", "owned", "finished", "changed"));
        Lease changed = a.lease("changed");
        applied(a.release(a.taking("changed"), Optional.empty()));
        Lease owned = a.taking("owned");
        applied(a.finish(a.taking("finished"), position("end", 1)));
        Lease finished = a.lease("finished");
        Lease free = a.lease("free");

        assertThat(applied(reset(a, position("back", 0), changed, owned, finished, free)))
                .containsExactly("free");

        assertThat(a.lease("owned")).isEqualTo(owned);
        assertThat(a.lease("finished")).isEqualTo(finished);
        assertThat(a.progressOf("changed")).isEqualTo(position("start", 0));
    }

    @Test
    void resetAfterALostAnswerIsRecognisedByTheNextRead() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease free = a.lease("s");
        lost(
                a,
                new Reset(
                        group(),
                        List.of(new Reset.Position("s", free.version(), position("back", 0)))));
        Lease after = a.lease("s");

        assertThat(after.tenure()).isEqualTo(free.tenure() + 1);
        assertThat(applied(reset(a, position("back", 0), free))).isEmpty();
        assertThat(a.lease("s")).isEqualTo(after);
    }

    // ---------------------------------------------------------------------------------- forgetting

    @Test
    void aFinishedSplitIsForgottenAndFoundAnew() {
        ScriptedMember a = joined("a");
        applied(a.discover("s", "t"));
        applied(a.finish(a.taking("s"), position("end", 1)));
        Lease kept = a.lease("t");
        long before = a.changes();

        assertThat(applied(forget(a, a.lease("s")))).containsExactly("s");

        assertThat(a.leases()).containsOnlyKeys("t").containsValue(kept);
        assertThat(a.changes()).isEqualTo(before + 1);
        assertThat(applied(a.discover("s"))).containsExactly("s");
        assertThat(a.lease("s").epoch()).isZero();
    }

    @Test
    void aSplitThatIsNotFinishedIsForgottenOnlyWhenNoMemberMayWrite() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease free = a.lease("s");

        assertThat(applied(forget(a, free))).isEmpty();
        assertThat(a.lease("s")).isEqualTo(free);

        applied(a.close(a, Optional.empty()));
        assertThat(applied(forget(a, free))).containsExactly("s");
        assertThat(a.leases()).isEmpty();
    }

    @Test
    void anOwnedOrChangedSplitIsNotForgotten() {
        ScriptedMember a = joined("a");
        applied(a.discover("owned", "changed"));
        Lease changed = a.lease("changed");
        applied(a.release(a.taking("changed"), Optional.empty()));
        Lease owned = a.taking("owned");
        applied(a.close(a, Optional.empty()));

        assertThat(applied(forget(a, owned, changed))).isEmpty();
        assertThat(a.leases()).containsOnlyKeys("owned", "changed");
    }

    @Test
    void forgetAfterALostAnswerFindsNothing() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease free = a.lease("s");
        applied(a.close(a, Optional.empty()));
        lost(a, new Forget(group(), List.of(asRead(free))));

        assertThat(a.leases()).isEmpty();
        assertThat(applied(forget(a, free))).isEmpty();
    }

    static <A> void lost(ScriptedMember member, LeaseRequest<A> request) {
        assertThat(member.through(new LostAnswers(member.store())).send(request))
                .isInstanceOf(LeaseOutcome.Unknown.class);
    }
}
