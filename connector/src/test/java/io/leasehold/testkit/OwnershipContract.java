package io.leasehold.testkit;

import io.leasehold.lease.model.ChangeNumber;
import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Claim.Kind;
import io.leasehold.lease.model.Exclusion;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.LeaseChanges;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Refused;
import io.leasehold.lease.store.OwnershipRequest.Acquire;
import io.leasehold.lease.store.OwnershipRequest.Record;
import io.leasehold.lease.store.OwnershipRequest.Recorded;
import io.leasehold.lease.store.OwnershipRequest.Release;
import io.leasehold.lease.store.SplitRequest.Discover;
import io.leasehold.lease.store.SplitRequest.Discover.NewSplit;
import io.leasehold.lease.store.SplitRequest.Locate;
import io.leasehold.lease.store.SplitRequest.Rate;
import io.leasehold.lease.store.SplitRequest.Read;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static io.leasehold.testkit.ScriptedMember.applied;
import static io.leasehold.testkit.ScriptedMember.position;
import static org.assertj.core.api.Assertions.assertThat;

/** Who has a split, and from where the next one reads it. */
abstract class OwnershipContract extends MembershipContract {

    @Test
    void aStaleWriterChangesNothing() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease lost = a.taking("s");
        applied(a.record(lost, position("a's", 1)));
        ScriptedMember b = joined("b");
        Lease had = b.taking("s");

        assertThat(applied(a.record(lost, position("late", 9)))).isEmpty();
        assertThat(applied(a.finish(lost, position("late", 9)))).isEmpty();
        assertThat(applied(a.release(lost, Optional.of(position("late", 9))))).isEmpty();
        assertThat(applied(a.acquire(lost))).isEmpty();

        assertThat(b.lease("s")).isEqualTo(had);
        assertThat(b.progressOf("s")).isEqualTo(position("a's", 1));
    }

    @Test
    void aStaleEpochOfTheSameOwnerChangesNothing() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease before = a.taking("s");
        Lease now = a.taking("s");

        assertThat(now.epoch()).isEqualTo(before.epoch() + 1);
        assertThat(applied(a.record(before, position("late", 9)))).isEmpty();
        assertThat(applied(a.finish(before, position("late", 9)))).isEmpty();
        assertThat(applied(a.release(before, Optional.empty()))).isEmpty();
        assertThat(a.lease("s")).isEqualTo(now);
    }

    @Test
    void anEarlierIncarnationChangesNothing() {
        ScriptedMember old = joined("a");
        applied(old.discover("s"));
        Lease lost = old.taking("s");
        ScriptedMember next = member("a", "a-2").joined();
        Lease had = next.taking("s");
        Lease forged =
                new Lease(
                        "s",
                        Optional.of(old.self()),
                        had.epoch(),
                        had.tenure(),
                        Optional.empty(),
                        false,
                        Set.of(),
                        0,
                        had.version());

        assertThat(applied(old.record(forged, position("late", 9)))).isEmpty();
        assertThat(applied(old.finish(forged, position("late", 9)))).isEmpty();
        assertThat(applied(old.release(forged, Optional.empty()))).isEmpty();
        assertThat(old.acquire(forged)).isInstanceOf(Refused.class);
        assertThat(old.discover("t")).isInstanceOf(Refused.class);
        assertThat(next.leases()).containsOnlyKeys("s").containsValue(had);
        assertThat(had.epoch()).isEqualTo(lost.epoch() + 1);
    }

    @Test
    void whoOwnsASplitIsNotDrained() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease had = a.taking("s");
        ScriptedMember next = member("a", "a-2").joined();

        assertThat(applied(next.declare(MemberState.DRAINED)).members())
                .containsExactly(next.row());
        Lease again = next.taking("s");
        assertThat(again.epoch()).isEqualTo(had.epoch() + 1);
        applied(next.release(again, Optional.empty()));
        assertThat(applied(next.declare(MemberState.DRAINED)).members())
                .containsExactly(next.row(0, MemberState.DRAINED));
    }

    @Test
    void whoIsDrainedGetsNothing() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease free = a.lease("s");
        applied(a.declare(MemberState.DRAINED));

        assertThat(applied(a.acquire(free))).isEmpty();
        assertThat(a.lease("s")).isEqualTo(free);

        applied(a.declare(MemberState.ACTIVE));
        assertThat(applied(a.acquire(free))).hasSize(1);
    }

    @Test
    void aDiscoveredSplitIsFreeAndStartsWhereItsFirstFinderSays() {
        ScriptedMember a = joined("a");
        NewSplit found = new NewSplit("s", Set.of("p", "q"), position("first", 0));

        assertThat(applied(a.send(new Discover(group(), a.self(), List.of(found)))))
                .containsExactly("s");
        Lease lease = a.lease("s");

        assertThat(lease)
                .isEqualTo(
                        new Lease(
                                "s",
                                Optional.empty(),
                                0,
                                0,
                                Optional.empty(),
                                false,
                                Set.of("p", "q"),
                                0,
                                a.open().changeNumber()));
        assertThat(a.progressOf("s")).isEqualTo(position("first", 0));
    }

    @Test
    void aKnownSplitIsNotDiscoveredAgain() {
        ScriptedMember a = joined("a");
        applied(a.discover("taken", "finished", "free"));
        Lease taken = a.taking("taken");
        applied(a.record(taken, position("far", 3)));
        applied(a.finish(a.taking("finished"), position("end", 3)));
        ScriptedMember b = joined("b");

        assertThat(applied(b.discover("taken", "new", "finished", "free"))).containsExactly("new");
        assertThat(b.lease("taken")).isEqualTo(taken);
        assertThat(b.lease("finished").finished()).isTrue();
        assertThat(b.progressOf("taken")).isEqualTo(position("far", 3));
    }

    @Test
    void discoveryOfNothingNewIsNoChange() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        long before = a.open().changeNumber();

        assertThat(applied(a.discover("s"))).isEmpty();
        assertThat(applied(a.discover())).isEmpty();
        assertThat(a.open().changeNumber()).isEqualTo(before);
    }

    @Test
    void whoMayNotWriteDiscoversAndAcquiresNothing() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        ScriptedMember stranger = member("b", "1");
        assertThat(stranger.discover("t")).isInstanceOf(Refused.class);
        assertThat(stranger.acquire(a.lease("s"))).isInstanceOf(Refused.class);

        applied(a.close(a, Optional.empty()));
        assertThat(a.discover("t")).isInstanceOf(Refused.class);
        assertThat(a.acquire(a.lease("s"))).isInstanceOf(Refused.class);
        assertThat(a.leases()).containsOnlyKeys("s");
        assertThat(a.lease("s").owner()).isEmpty();
    }

    @Test
    void acquireIsConditionalOnTheVersionSplitBySplit() {
        ScriptedMember a = joined("a");
        applied(a.discover("s", "t"));
        Lease s = a.lease("s");
        Lease t = a.lease("t");
        ScriptedMember b = joined("b");
        b.taking("s");

        List<Acquire.Taken> taken = applied(a.acquire(s, t));

        assertThat(taken).extracting(had -> had.lease().splitId()).containsExactly("t");
        Lease had = taken.get(0).lease();
        assertThat(had.ownedBy(a.self())).isTrue();
        assertThat(had.epoch()).isEqualTo(1);
        assertThat(had.tenure()).isEqualTo(7);
        assertThat(had).isEqualTo(b.lease("t"));
        assertThat(b.lease("s").ownedBy(b.self())).isTrue();
    }

    @Test
    void tenuresMayBeAnyNumber() {
        ScriptedMember a = joined("a");
        applied(a.discover("s", "t"));
        List<Acquire.Wanted> wanted =
                List.of(
                        new Acquire.Wanted("s", a.lease("s").version(), Long.MIN_VALUE),
                        new Acquire.Wanted("t", a.lease("t").version(), Long.MAX_VALUE));

        assertThat(applied(a.send(new Acquire(group(), a.self(), wanted))))
                .extracting(taken -> taken.lease().tenure())
                .containsExactlyInAnyOrder(Long.MIN_VALUE, Long.MAX_VALUE);
    }

    @Test
    void splitsWithoutARowAreLeftOutOfEveryAnswer() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease had = a.taking("s");
        Recorded known = ScriptedMember.recorded(had, position("x", 1));
        Recorded unknown = new Recorded("nowhere", 1, position("x", 1));

        assertThat(applied(a.send(new Record(group(), a.self(), List.of(unknown, known)))))
                .containsExactly("s");
        assertThat(
                        applied(
                                a.send(
                                        new Acquire(
                                                group(),
                                                a.self(),
                                                List.of(new Acquire.Wanted("nowhere", 1, 1))))))
                .isEmpty();
        assertThat(
                        applied(
                                a.send(
                                        new Release(
                                                group(),
                                                a.self(),
                                                List.of(
                                                        new Release.Released(
                                                                "nowhere", 1, Optional.empty()))))))
                .isEmpty();
        assertThat(a.leases()).containsOnlyKeys("s");
    }

    @Test
    void progressNeverGoesBackWithinOneEpoch() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease lease = a.taking("s");

        assertThat(applied(a.record(lease, position("five", 5)))).containsExactly("s");
        assertThat(applied(a.record(lease, position("four", 4)))).isEmpty();
        assertThat(applied(a.finish(lease, position("four", 4)))).isEmpty();
        assertThat(applied(a.record(lease, position("five again", 5)))).containsExactly("s");
        assertThat(a.progressOf("s")).isEqualTo(position("five again", 5));
    }

    @Test
    void theNextEpochCountsItsCheckpointsAnew() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        applied(a.record(a.taking("s"), position("far", Long.MAX_VALUE)));
        ScriptedMember b = joined("b");
        Lease lease = b.taking("s");

        assertThat(applied(b.record(lease, position("further", 1)))).containsExactly("s");
        assertThat(applied(b.record(lease, position("lowest", Long.MIN_VALUE)))).isEmpty();
        assertThat(a.progressOf("s")).isEqualTo(position("further", 1));
    }

    @Test
    void anyEpochMayBeNamedAndOnlyTheRightOneHolds() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease lease = a.taking("s");
        for (long epoch : new long[] {Long.MIN_VALUE, -1, 0, 2, Long.MAX_VALUE}) {
            Recorded other = new Recorded("s", epoch, position("x", 1));
            assertThat(applied(a.send(new Record(group(), a.self(), List.of(other))))).isEmpty();
        }
        assertThat(applied(a.record(lease, position("y", 1)))).containsExactly("s");
    }

    @Test
    void progressIsNoChange() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease lease = a.taking("s");
        long before = a.open().changeNumber();

        applied(a.record(lease, position("x", 1)));

        assertThat(a.open().changeNumber()).isEqualTo(before);
        assertThat(a.lease("s")).isEqualTo(lease);
    }

    @Test
    void progressKeepsItsBytesAndVersion() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        byte[] all = new byte[70_000];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        Progress large = new Progress(all, -3, "x\u0000y \ud83d\ude00".repeat(200), 1);
        applied(a.record(a.taking("s"), large));
        assertThat(a.progressOf("s")).isEqualTo(large);

        Progress empty = new Progress(new byte[0], Integer.MAX_VALUE, "", 2);
        applied(a.record(a.taking("s"), empty));
        assertThat(a.progressOf("s")).isEqualTo(empty);
    }

    @Test
    void releaseRecordsAndFreesInOne() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease lease = a.taking("s");

        assertThat(applied(a.release(lease, Optional.of(position("last", 2)))))
                .containsExactly("s");

        Lease free = a.lease("s");
        assertThat(free.owner()).isEmpty();
        assertThat(free.epoch()).isEqualTo(lease.epoch());
        assertThat(free.tenure()).isEqualTo(lease.tenure());
        assertThat(free.version()).isGreaterThan(lease.version());
        assertThat(applied(a.record(lease, position("later", 3)))).isEmpty();
        assertThat(joined("b").progressOf("s")).isEqualTo(position("last", 2));
    }

    @Test
    void whereASplitStandsCanBeReadWithoutChangingAnything() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        assertThat(applied(a.send(new Locate(group(), "s")))).contains(position("start", 0));

        Lease lease = a.taking("s");
        applied(a.record(lease, position("later", 2)));

        assertThat(applied(a.send(new Locate(group(), "s")))).contains(position("later", 2));
        assertThat(applied(a.send(new Locate(group(), "t")))).isEmpty();
        assertThat(applied(a.send(new Locate("another group", "s")))).isEmpty();
        assertThat(a.lease("s")).isEqualTo(lease);
    }

    @Test
    void releaseWithoutProgressLeavesItAsItIs() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease lease = a.taking("s");
        applied(a.record(lease, position("last", 2)));

        assertThat(applied(a.release(lease, Optional.empty()))).containsExactly("s");
        assertThat(a.progressOf("s")).isEqualTo(position("last", 2));
    }

    @Test
    void releaseWithOlderProgressFreesAndKeepsTheNewer() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease lease = a.taking("s");
        applied(a.record(lease, position("newer", 2)));

        assertThat(applied(a.release(lease, Optional.of(position("older", 1)))))
                .containsExactly("s");
        assertThat(a.progressOf("s")).isEqualTo(position("newer", 2));
    }

    @Test
    void aFinishedSplitIsNeverHadAgain() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease lease = a.taking("s");

        assertThat(applied(a.finish(lease, position("end", 1)))).containsExactly("s");

        Lease finished = a.lease("s");
        assertThat(finished.finished()).isTrue();
        assertThat(finished.owner()).isEmpty();
        assertThat(applied(a.acquire(finished))).isEmpty();
        assertThat(a.lease("s")).isEqualTo(finished);
    }

    @Test
    void theLeasesOfAClosedIncarnationStayWithItUntilTaken() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease lease = a.taking("s");
        ScriptedMember b = joined("b");
        applied(b.close(a, Optional.of(0L)));

        assertThat(b.lease("s")).isEqualTo(lease);
        Lease taken = b.taking("s");
        assertThat(taken.ownedBy(b.self())).isTrue();
        assertThat(taken.epoch()).isEqualTo(lease.epoch() + 1);
    }

    @Test
    void readingIsIncremental() {
        ScriptedMember a = joined("a");
        applied(a.discover("s", "t", "u"));
        LeaseChanges all = applied(a.send(new Read(group(), 0)));
        assertThat(all.leases()).hasSize(3);
        assertThat(all.unreadable()).isEmpty();
        assertThat(all.changeNumber()).isEqualTo(a.open().changeNumber());

        Lease taken = a.taking("t");
        LeaseChanges some = applied(a.send(new Read(group(), all.changeNumber())));
        assertThat(some.leases()).containsExactly(taken);

        applied(a.record(taken, position("x", 1)));
        joined("b");
        LeaseChanges none = applied(a.send(new Read(group(), some.changeNumber())));
        assertThat(none.leases()).isEmpty();
        assertThat(ChangeNumber.countOf(none.changeNumber()))
                .isEqualTo(ChangeNumber.countOf(some.changeNumber()) + 1);
        assertThat(applied(a.send(new Read(group(), Long.MAX_VALUE))).leases()).isEmpty();
    }

    @Test
    void everyChangedLeaseCarriesTheNumberOfItsChange() {
        ScriptedMember a = joined("a");
        applied(a.discover("s", "t"));
        long discovered = a.open().changeNumber();
        assertThat(a.leases().values()).extracting(Lease::version).containsOnly(discovered);

        List<Acquire.Taken> taken = applied(a.acquire(a.lease("s"), a.lease("t")));
        assertThat(taken)
                .extracting(had -> had.lease().version())
                .containsOnly(a.open().changeNumber());
        applied(a.release(a.lease("s"), Optional.empty()));
        assertThat(a.lease("s").version()).isEqualTo(a.open().changeNumber());
        applied(a.finish(a.lease("t"), position("end", 1)));
        assertThat(a.lease("t").version()).isEqualTo(a.open().changeNumber());
        assertThat(a.changes()).isEqualTo(ChangeNumber.countOf(discovered) + 3);
    }

    @Test
    void aWriteWhoseConditionHoldsForNoneIsNoChange() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease free = a.lease("s");
        long before = a.open().changeNumber();

        applied(a.release(free, Optional.empty()));
        applied(a.finish(free, position("end", 1)));
        applied(a.send(new Acquire(group(), a.self(), List.of(new Acquire.Wanted("s", -1, 1)))));

        assertThat(a.open().changeNumber()).isEqualTo(before);
        assertThat(a.lease("s")).isEqualTo(free);
    }

    private static Optional<Claim> asked(ScriptedMember claimant) {
        return Optional.of(new Claim(claimant.self().memberId(), Kind.ASK));
    }

    @Test
    void aClaimIsSeenByAllAndChangesNothingElse() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease had = a.taking("s");
        ScriptedMember b = joined("b");
        long before = b.changes();

        assertThat(applied(b.claim(Kind.ASK, had))).containsExactly("s");

        assertThat(a.changes()).isEqualTo(before + 1);
        assertThat(a.lease("s"))
                .isEqualTo(
                        new Lease(
                                "s",
                                had.owner(),
                                had.epoch(),
                                had.tenure(),
                                asked(b),
                                false,
                                had.parents(),
                                had.rate(),
                                a.open().changeNumber()));
        assertThat(applied(a.record(had, position("x", 1)))).containsExactly("s");
    }

    @Test
    void claimIsConditionalOnTheVersionSplitBySplit() {
        ScriptedMember a = joined("a");
        applied(a.discover("s", "t"));
        Lease stale = a.taking("s");
        a.taking("s");
        Lease asRead = a.taking("t");
        ScriptedMember b = joined("b");

        assertThat(applied(b.claim(Kind.ASK, stale, asRead))).containsExactly("t");
        assertThat(b.lease("s").claim()).isEmpty();
        assertThat(b.lease("t").claim()).isEqualTo(asked(b));
    }

    @Test
    void onlyUnfinishedSplitsOfAnotherMemberAreClaimed() {
        ScriptedMember a = joined("a");
        applied(a.discover("mine", "free", "finished"));
        a.taking("mine");
        applied(a.finish(a.taking("finished"), position("end", 1)));
        Map<String, Lease> before = a.leases();

        assertThat(applied(a.claim(Kind.ASK, before.values().toArray(Lease[]::new)))).isEmpty();
        assertThat(a.leases()).isEqualTo(before);
    }

    @Test
    void aMemberDoesNotClaimWhatItsEarlierIncarnationOwns() {
        ScriptedMember old = joined("a");
        applied(old.discover("s"));
        Lease had = old.taking("s");
        ScriptedMember next = member("a", "a-2").joined();

        assertThat(applied(next.claim(Kind.FORCE, had))).isEmpty();
        assertThat(next.lease("s")).isEqualTo(had);
    }

    @Test
    void aClaimReplacesAnEarlierOne() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        a.taking("s");
        ScriptedMember b = joined("b");
        ScriptedMember c = joined("c");

        Lease asked = b.claiming("s");
        assertThat(applied(b.claim(Kind.FORCE, asked))).containsExactly("s");
        Lease forced = b.lease("s");
        assertThat(forced.claim()).contains(new Claim("b", Kind.FORCE));
        assertThat(applied(c.claim(Kind.ASK, asked))).isEmpty();
        assertThat(applied(c.claim(Kind.ASK, forced))).containsExactly("s");
        assertThat(a.lease("s").claim()).isEqualTo(asked(c));
    }

    @Test
    void whoMayNotWriteClaimsAndWithdrawsNothing() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        a.taking("s");
        ScriptedMember old = joined("b");
        Lease claimed = old.claiming("s");
        ScriptedMember stranger = member("c", "1");
        assertThat(stranger.claim(Kind.ASK, claimed)).isInstanceOf(Refused.class);
        assertThat(stranger.withdraw("s")).isInstanceOf(Refused.class);

        ScriptedMember next = member("b", "b-2").joined();
        assertThat(old.claim(Kind.FORCE, claimed)).isInstanceOf(Refused.class);
        assertThat(old.withdraw("s")).isInstanceOf(Refused.class);
        applied(next.close(next, Optional.empty()));
        assertThat(next.claim(Kind.FORCE, claimed)).isInstanceOf(Refused.class);
        assertThat(next.withdraw("s")).isInstanceOf(Refused.class);
        assertThat(a.lease("s")).isEqualTo(claimed);
    }

    @Test
    void onlyOnesOwnClaimsAreWithdrawn() {
        ScriptedMember a = joined("a");
        applied(a.discover("s", "t", "u"));
        for (String split : List.of("s", "t", "u")) {
            a.taking(split);
        }
        ScriptedMember b = joined("b");
        ScriptedMember c = joined("c");
        Lease mine = b.claiming("s");
        Lease another = c.claiming("t");
        long before = a.changes();

        assertThat(applied(b.withdraw("s", "t", "u", "nowhere"))).containsExactly("s");

        Lease withdrawn = a.lease("s");
        assertThat(withdrawn.claim()).isEmpty();
        assertThat(withdrawn.owner()).isEqualTo(mine.owner());
        assertThat(withdrawn.epoch()).isEqualTo(mine.epoch());
        assertThat(ChangeNumber.countOf(withdrawn.version())).isEqualTo(before + 1);
        assertThat(a.lease("t")).isEqualTo(another);
        assertThat(applied(b.withdraw("s"))).isEmpty();
        assertThat(a.changes()).isEqualTo(before + 1);
    }

    @Test
    void aClaimIsWithdrawnWhoeverOwnsTheSplit() {
        ScriptedMember a = joined("a");
        applied(a.discover("s", "t"));
        Lease released = a.taking("s");
        a.taking("t");
        ScriptedMember b = joined("b");
        b.claiming("s");
        b.claiming("t");
        applied(a.release(released, Optional.empty()));
        ScriptedMember reborn = member("a", "a-2").joined();
        reborn.taking("t");

        assertThat(applied(b.withdraw("s", "t"))).containsExactlyInAnyOrder("s", "t");
        assertThat(a.lease("s").claim()).isEmpty();
        assertThat(a.lease("t").claim()).isEmpty();
        assertThat(a.lease("t").ownedBy(reborn.self())).isTrue();
    }

    @Test
    void aClaimOutlivesTheIncarnationThatMadeIt() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        a.taking("s");
        Lease claimed = joined("b").claiming("s");
        ScriptedMember next = member("b", "b-2").joined();

        assertThat(next.lease("s")).isEqualTo(claimed);
        assertThat(applied(next.withdraw("s"))).containsExactly("s");
    }

    @Test
    void releaseKeepsTheClaim() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease had = a.taking("s");
        ScriptedMember b = joined("b");
        b.claiming("s");

        applied(a.release(had, Optional.of(position("last", 1))));

        assertThat(a.lease("s").owner()).isEmpty();
        assertThat(a.lease("s").claim()).isEqualTo(asked(b));
    }

    @Test
    void acquireByAnotherMemberClearsTheClaim() {
        ScriptedMember a = joined("a");
        applied(a.discover("s", "t"));
        Lease released = a.taking("s");
        a.taking("t");
        ScriptedMember b = joined("b");
        b.claiming("s");
        b.claiming("t");
        applied(a.release(released, Optional.empty()));

        // The claimant itself, of a free split; and a third one, of an owned split.
        assertThat(b.taking("s").claim()).isEmpty();
        assertThat(joined("c").taking("t").claim()).isEmpty();
        assertThat(a.leases().values()).allMatch(lease -> lease.claim().isEmpty());
    }

    @Test
    void acquireOfAFreeSplitClearsTheClaimOfWhoeverMadeIt() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease had = a.taking("s");
        joined("b").claiming("s");
        applied(a.release(had, Optional.empty()));

        assertThat(a.taking("s").claim()).isEmpty();
    }

    @Test
    void acquireByTheOwnersMemberKeepsTheClaimOfAnother() {
        ScriptedMember a = joined("a");
        applied(a.discover("s", "unclaimed"));
        a.taking("s");
        a.taking("unclaimed");
        ScriptedMember b = joined("b");
        b.claiming("s");

        Lease again = a.taking("s");
        assertThat(again.claim()).isEqualTo(asked(b));
        ScriptedMember next = member("a", "a-2").joined();
        List<Acquire.Taken> taken = applied(next.acquire(again, next.lease("unclaimed")));

        assertThat(taken).hasSize(2);
        assertThat(b.lease("s").ownedBy(next.self())).isTrue();
        assertThat(b.lease("s").epoch()).isEqualTo(again.epoch() + 1);
        assertThat(b.lease("s").claim()).isEqualTo(asked(b));
        assertThat(b.lease("unclaimed").claim()).isEmpty();
        assertThat(taken)
                .extracting(Acquire.Taken::lease)
                .containsExactlyInAnyOrder(b.lease("s"), b.lease("unclaimed"));
    }

    @Test
    void aFinishedSplitHasNoClaim() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease had = a.taking("s");
        ScriptedMember b = joined("b");
        b.claiming("s");

        assertThat(applied(a.finish(had, position("end", 1)))).containsExactly("s");
        assertThat(a.lease("s").claim()).isEmpty();
        assertThat(applied(b.withdraw("s"))).isEmpty();
        assertThat(applied(b.claim(Kind.FORCE, a.lease("s")))).isEmpty();
    }

    @Test
    void aRateIsSeenByAllAndOutlivesItsOwner() {
        ScriptedMember a = joined("a");
        applied(a.discover("s", "t"));
        Lease had = a.taking("s");
        ScriptedMember b = joined("b");
        Lease claimed = b.claiming("s");
        Rate.Rated foreign = new Rate.Rated("t", 0, 1);
        Rate.Rated mine = new Rate.Rated("s", had.epoch(), 0.1);

        assertThat(applied(a.send(new Rate(group(), a.self(), List.of(foreign, mine)))))
                .containsExactly("s");

        Lease rated = a.lease("s");
        assertThat(rated.rate()).isEqualTo(0.1);
        assertThat(rated.version()).isGreaterThan(claimed.version());
        assertThat(rated.version()).isEqualTo(a.open().changeNumber());
        assertThat(rated.claim()).isEqualTo(asked(b));
        assertThat(b.taking("s").rate()).isEqualTo(0.1);
        assertThat(a.lease("t").rate()).isZero();
    }

    @Test
    void whoCannotReadASplitIsSeenByAllAndStays() {
        ScriptedMember a = joined("a");
        applied(a.discover("s", "t", "u"));
        Lease had = a.taking("s");
        ScriptedMember b = joined("b");
        Lease claimed = b.claiming("s");
        Map<String, Exclusion> who = Map.of("a b", Exclusion.UNREADABLE, "b", Exclusion.NOT_FOUND);

        assertThat(applied(b.exclude(who, claimed, b.lease("t"))))
                .containsExactlyInAnyOrder("s", "t");

        Lease excluded = a.lease("s");
        assertThat(excluded.excluded()).isEqualTo(who);
        assertThat(excluded.version()).isEqualTo(a.open().changeNumber());
        assertThat(excluded.owner()).isEqualTo(had.owner());
        assertThat(excluded.epoch()).isEqualTo(had.epoch());
        assertThat(excluded.claim()).isEqualTo(claimed.claim());
        assertThat(a.lease("u").excluded()).isEmpty();
        applied(a.finish(excluded, position("end", 1)));
        assertThat(a.lease("s").excluded()).isEqualTo(who);
        assertThat(applied(b.exclude(Map.of(), a.lease("s")))).containsExactly("s");
        assertThat(a.lease("s").excluded()).isEmpty();
        assertThat(a.lease("s").finished()).isTrue();
    }

    @Test
    void anExclusionOfARowThatHasChangedSinceIsNotWritten() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease read = a.lease("s");
        Lease now = a.taking("s");
        long change = a.open().changeNumber();

        assertThat(applied(a.exclude(Map.of("a", Exclusion.NOT_FOUND), read))).isEmpty();

        assertThat(a.lease("s")).isEqualTo(now);
        assertThat(a.open().changeNumber()).isEqualTo(change);
    }

    @Test
    void aSplitThatAMemberWasExcludedFromMeanwhileIsNotAcquired() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease read = a.lease("s");
        applied(a.exclude(Map.of("b", Exclusion.NOT_FOUND), read));

        assertThat(applied(joined("b").acquire(read))).isEmpty();
    }

    @Test
    void whoMayNotWriteExcludesNobody() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease read = a.lease("s");
        applied(a.close(a, Optional.empty()));

        assertThat(a.exclude(Map.of("a", Exclusion.NOT_FOUND), read))
                .isInstanceOf(LeaseOutcome.Refused.class);
    }

    @Test
    void ratesKeepEveryDigit() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease had = a.taking("s");
        for (double rate : new double[] {Double.MAX_VALUE, 1e-300, 1.0 / 3, 1e22 + 1, 12, 0}) {
            assertThat(applied(a.rate(had, rate))).containsExactly("s");
            assertThat(a.lease("s").rate()).isEqualTo(rate);
        }
    }

    @Test
    void aStaleOwnerRatesNothing() {
        ScriptedMember a = joined("a");
        applied(a.discover("s", "free"));
        Lease before = a.taking("s");
        Lease now = a.taking("s");
        assertThat(applied(a.rate(before, 5))).isEmpty();
        assertThat(applied(a.rate(a.lease("free"), 5))).isEmpty();
        ScriptedMember b = joined("b");
        Lease had = b.taking("s");
        long change = b.open().changeNumber();

        assertThat(applied(a.rate(now, 5))).isEmpty();
        assertThat(applied(a.rate(had, 5))).isEmpty();
        assertThat(b.lease("s")).isEqualTo(had);
        assertThat(b.open().changeNumber()).isEqualTo(change);
    }
}
