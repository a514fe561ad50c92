package io.leasehold.testkit;

import io.leasehold.lease.model.ChangeNumber;
import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Claim.Kind;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.LeaseOutcome.Refused;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.MembershipRequest;
import io.leasehold.lease.store.OperatorRequest;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.lease.store.OwnershipRequest.Acquire;
import io.leasehold.lease.store.OwnershipRequest.Record;
import io.leasehold.lease.store.OwnershipRequest.Release;
import io.leasehold.lease.store.SplitRequest;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static io.leasehold.testkit.AtOnce.atOnce;
import static io.leasehold.testkit.ScriptedMember.applied;
import static io.leasehold.testkit.ScriptedMember.position;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What every lease store must do: {@link io.leasehold.lease.store.LeaseStore} as a test. A store
 * joins by saying how to open a session on it; the store itself is the same for all tests of a
 * class, and need not be empty.
 */
public abstract class LeaseStoreContract extends DecisionContract {

    private static final int RACES = 50;

    @Test
    void ofTwoWhoCreateTheGroupBothSucceed() {
        ScriptedMember a = member("a", "1");
        ScriptedMember b = member("b", "1");
        var both = atOnce(() -> a.join(Optional.empty()), () -> b.join(Optional.empty()));

        applied(both.first());
        applied(both.second());
        assertThat(a.open().members()).containsExactlyInAnyOrder(a.row(), b.row());
        assertThat(a.changes()).isEqualTo(2);
    }

    @Test
    void ofTwinsWhoJoinAtOnceOneDoes() {
        for (int race = 0; race < RACES; race++) {
            ScriptedMember a = member("m" + race, "1");
            ScriptedMember b = member("m" + race, "2");
            var both = atOnce(() -> a.join(Optional.empty()), () -> b.join(Optional.empty()));

            assertThat(List.of(both.first(), both.second()))
                    .hasAtLeastOneElementOfType(Applied.class)
                    .hasAtLeastOneElementOfType(Refused.class);
            a.store().close();
            b.store().close();
        }
    }

    @Test
    void ofTwoWhoDiscoverASplitOneDoes() {
        ScriptedMember a = joined("a");
        ScriptedMember b = joined("b");
        for (int race = 0; race < RACES; race++) {
            String[] splits = {"s" + race, "t" + race};
            String[] reverse = {"t" + race, "s" + race};
            var both = atOnce(() -> a.discover(splits), () -> b.discover(reverse));

            assertThat(
                            Stream.of(applied(both.first()), applied(both.second()))
                                    .flatMap(Set::stream))
                    .containsExactlyInAnyOrder(splits);
        }
    }

    @Test
    void ofTwoWhoAcquireASplitOneDoes() {
        ScriptedMember a = joined("a");
        ScriptedMember b = joined("b");
        applied(a.discover("s"));
        for (int race = 1; race <= RACES; race++) {
            Lease seen = a.lease("s");
            var both = atOnce(() -> a.acquire(seen), () -> b.acquire(seen));

            assertThat(applied(both.first()).size() + applied(both.second()).size()).isOne();
            assertThat(a.lease("s").epoch()).isEqualTo(race);
        }
    }

    @Test
    void aBeatAndACloseThatNamesTheBeatBeforeItNeverBothHold() {
        ScriptedMember b = joined("b");
        for (int race = 0; race < RACES; race++) {
            ScriptedMember a = joined("m" + race);
            var both = atOnce(() -> a.beat(1), () -> b.close(a, Optional.of(0L)));

            boolean beaten = both.first() instanceof Applied;
            assertThat(stateOf(a, b)).isEqualTo(beaten ? MemberState.ACTIVE : MemberState.CLOSED);
            assertThat(a.beat(2) instanceof Applied).isEqualTo(beaten);
            applied(both.second());
            a.store().close();
        }
    }

    @Test
    void aBeatThatHoldsWasBeforeTheClose() {
        ScriptedMember b = joined("b");
        for (int race = 0; race < RACES; race++) {
            ScriptedMember a = joined("m" + race);
            var both = atOnce(() -> a.beat(1), () -> b.close(a, Optional.empty()));

            applied(both.second());
            assertThat(stateOf(a, b)).isEqualTo(MemberState.CLOSED);
            long beat = b.open().member(a.self().memberId()).orElseThrow().beat();
            assertThat(beat).isEqualTo(both.first() instanceof Applied ? 1 : 0);
            assertThat(a.beat(2)).isInstanceOf(Refused.class);
            a.store().close();
        }
    }

    private static MemberState stateOf(ScriptedMember member, ScriptedMember asSeenBy) {
        return asSeenBy.open().member(member.self().memberId()).orElseThrow().state();
    }

    @Test
    void progressIsInTimeForTheNextOwnerOrChangesNothing() {
        ScriptedMember a = joined("a");
        ScriptedMember b = joined("b");
        applied(a.discover("s"));
        for (int race = 1; race <= RACES; race++) {
            Lease had = a.taking("s");
            long checkpoint = race;
            var both =
                    atOnce(() -> a.record(had, position("a's", checkpoint)), () -> b.acquire(had));

            boolean recorded = !applied(both.first()).isEmpty();
            long given = applied(both.second()).get(0).progress().checkpointId();
            assertThat(given == checkpoint).isEqualTo(recorded);
        }
    }

    @Test
    void ofAReleaseAndAForeignAcquireBothMayHoldButNotTheReleaseAfterIt() {
        ScriptedMember a = joined("a");
        ScriptedMember b = joined("b");
        applied(a.discover("s"));
        for (int race = 0; race < RACES; race++) {
            Lease had = a.taking("s");
            var both = atOnce(() -> a.release(had, Optional.empty()), () -> b.acquire(had));

            // Each changes the version or the owner that the other's condition names.
            assertThat(applied(both.first()).size() + applied(both.second()).size()).isOne();
            assertThat(a.lease("s").ownedBy(b.self())).isEqualTo(applied(both.first()).isEmpty());
        }
    }

    @Test
    void ofTwoWhoClaimASplitOneDoes() {
        ScriptedMember owner = joined("owner");
        ScriptedMember a = joined("a");
        ScriptedMember b = joined("b");
        applied(owner.discover("s"));
        for (int race = 0; race < RACES; race++) {
            Lease seen = owner.taking("s");
            var both = atOnce(() -> a.claim(Kind.ASK, seen), () -> b.claim(Kind.ASK, seen));

            boolean first = !applied(both.first()).isEmpty();
            assertThat(applied(both.second()).isEmpty()).isEqualTo(first);
            assertThat(owner.lease("s").claim()).contains(new Claim(first ? "a" : "b", Kind.ASK));
        }
    }

    @Test
    void aClaimAndAnAcquireOfTheSameVersionNeverBothHold() {
        ScriptedMember owner = joined("owner");
        ScriptedMember a = joined("a");
        ScriptedMember b = joined("b");
        applied(owner.discover("s"));
        for (int race = 0; race < RACES; race++) {
            Lease seen = owner.taking("s");
            var both = atOnce(() -> a.claim(Kind.FORCE, seen), () -> b.acquire(seen));

            boolean claimed = !applied(both.first()).isEmpty();
            assertThat(applied(both.second()).isEmpty()).isEqualTo(claimed);
            assertThat(owner.lease("s").claim().isPresent()).isEqualTo(claimed);
            assertThat(owner.lease("s").ownedBy(b.self())).isNotEqualTo(claimed);
        }
    }

    @Test
    void aReleaseHoldsWhetherOrNotAClaimCameBeforeIt() {
        ScriptedMember owner = joined("owner");
        ScriptedMember a = joined("a");
        applied(owner.discover("s"));
        for (int race = 0; race < RACES; race++) {
            Lease had = owner.taking("s");
            var both =
                    atOnce(
                            () -> owner.release(had, Optional.empty()),
                            () -> a.claim(Kind.ASK, had));

            assertThat(applied(both.first())).containsExactly("s");
            Lease free = a.lease("s");
            assertThat(free.owner()).isEmpty();
            assertThat(free.claim().isPresent()).isEqualTo(!applied(both.second()).isEmpty());
        }
    }

    @Test
    void joinAfterALostAnswerIsAppliedAndChangesNothing() {
        ScriptedMember a = member("a", "1");
        a.open();
        lost(a, new MembershipRequest.Join(group(), a.row(), Optional.empty()));
        long before = a.open().changeNumber();

        assertThat(applied(a.join(Optional.empty())).members()).containsExactly(a.row());
        assertThat(a.open().changeNumber()).isEqualTo(before);

        ScriptedMember next = a.reborn("2");
        lost(a, new MembershipRequest.Join(group(), next.row(), Optional.of(a.row())));
        assertThat(applied(next.join(Optional.of(a.row()))).members()).containsExactly(next.row());
    }

    @Test
    void beatAfterALostAnswerIsAppliedAsIfItWereTheFirst() {
        ScriptedMember a = joined("a");
        lost(a, new MembershipRequest.Beat(group(), a.self(), 1));

        assertThat(a.open().members()).containsExactly(a.row().beaten(1));
        assertThat(applied(a.beat(1)).members()).containsExactly(a.row().beaten(1));
        assertThat(applied(a.beat(2)).members()).containsExactly(a.row().beaten(2));
    }

    @Test
    void closeAfterALostAnswerIsShownAsDone() {
        ScriptedMember a = joined("a");
        ScriptedMember b = joined("b");
        var close =
                new MembershipRequest.Close(group(), a.self(), Optional.of(0L), a.row().emitsFor());
        lost(b, close);

        assertThat(applied(b.send(close)).members().member("a"))
                .contains(a.row().closed(a.row().emitsFor(), Duration.ZERO));
    }

    @Test
    void discoverAfterALostAnswerFindsTheSplitThere() {
        ScriptedMember a = joined("a");
        var start = position("start", 0);
        var discover =
                new SplitRequest.Discover(
                        group(),
                        a.self(),
                        List.of(new SplitRequest.Discover.NewSplit("s", Set.of(), start)));
        lost(a, discover);
        Lease there = a.lease("s");

        assertThat(applied(a.send(discover))).isEmpty();
        assertThat(a.lease("s")).isEqualTo(there);
    }

    @Test
    void acquireAfterALostAnswerIsRecognisedByTheNextRead() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease free = a.lease("s");
        var acquire =
                new Acquire(group(), a.self(), List.of(new Acquire.Wanted("s", free.version(), 3)));
        lost(a, acquire);

        assertThat(applied(a.send(acquire))).isEmpty();
        Lease had = a.lease("s");
        assertThat(had.ownedBy(a.self())).isTrue();
        assertThat(had.epoch()).isEqualTo(free.epoch() + 1);
        assertThat(had.tenure()).isEqualTo(3);
        assertThat(applied(a.record(had, position("x", 1)))).containsExactly("s");
    }

    @Test
    void recordAfterALostAnswerHoldsAgain() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease lease = a.taking("s");
        var record =
                new Record(
                        group(),
                        a.self(),
                        List.of(ScriptedMember.recorded(lease, position("x", 1))));
        lost(a, record);

        assertThat(applied(a.send(record))).containsExactly("s");
        assertThat(a.progressOf("s")).isEqualTo(position("x", 1));
    }

    @Test
    void finishAfterALostAnswerIsRecognisedByTheNextRead() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease lease = a.taking("s");
        var finish =
                new OwnershipRequest.Finish(
                        group(),
                        a.self(),
                        List.of(ScriptedMember.recorded(lease, position("end", 1))));
        lost(a, finish);

        assertThat(a.lease("s").finished()).isTrue();
        assertThat(applied(a.send(finish))).isEmpty();
        assertThat(a.changes()).isEqualTo(ChangeNumber.countOf(lease.version()) + 1);
    }

    @Test
    void releaseAfterALostAnswerIsRecognisedByTheNextRead() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease lease = a.taking("s");
        var progress = Optional.of(position("last", 1));
        var release =
                new Release(
                        group(),
                        a.self(),
                        List.of(new Release.Released("s", lease.epoch(), progress)));
        lost(a, release);

        assertThat(a.lease("s").owner()).isEmpty();
        ScriptedMember b = joined("b");
        Lease next = b.taking("s");
        assertThat(applied(a.send(release))).isEmpty();
        assertThat(b.lease("s")).isEqualTo(next);
        assertThat(b.progressOf("s")).isEqualTo(position("last", 1));
    }

    @Test
    void claimAfterALostAnswerIsRecognisedByTheNextRead() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease had = a.taking("s");
        ScriptedMember b = joined("b");
        var claim =
                new OwnershipRequest.Claim(
                        group(),
                        b.self(),
                        List.of(new OwnershipRequest.Claim.Claimed("s", had.version(), Kind.ASK)));
        lost(b, claim);
        Lease claimed = b.lease("s");

        assertThat(claimed.claim()).contains(new Claim("b", Kind.ASK));
        assertThat(applied(b.send(claim))).isEmpty();
        assertThat(b.lease("s")).isEqualTo(claimed);
    }

    @Test
    void withdrawAfterALostAnswerFindsNoClaim() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        a.taking("s");
        ScriptedMember b = joined("b");
        b.claiming("s");
        var withdraw = new OwnershipRequest.Withdraw(group(), b.self(), List.of("s"));
        lost(b, withdraw);
        Lease unclaimed = b.lease("s");

        assertThat(unclaimed.claim()).isEmpty();
        assertThat(applied(b.send(withdraw))).isEmpty();
        assertThat(b.lease("s")).isEqualTo(unclaimed);
    }

    @Test
    void rateAfterALostAnswerHoldsAgain() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        Lease had = a.taking("s");
        var rate =
                new SplitRequest.Rate(
                        group(),
                        a.self(),
                        List.of(new SplitRequest.Rate.Rated("s", had.epoch(), 2.5)));
        lost(a, rate);

        assertThat(a.lease("s").rate()).isEqualTo(2.5);
        assertThat(applied(a.send(rate))).containsExactly("s");
        assertThat(a.lease("s").rate()).isEqualTo(2.5);
    }

    @Test
    void declareAfterALostAnswerIsShownAsDoneAndChangesNothing() {
        ScriptedMember a = joined("a");
        lost(a, new MembershipRequest.Declare(group(), a.self(), MemberState.DRAINED, 0));
        long before = a.open().changeNumber();

        assertThat(applied(a.declare(MemberState.DRAINED)).members())
                .containsExactly(a.row(0, MemberState.DRAINED));
        assertThat(a.open().changeNumber()).isEqualTo(before);
    }

    @Test
    void orderAfterALostAnswerIsShownAsDoneAndChangesNothing() {
        ScriptedMember a = joined("a");
        Orders orders = new Orders(true, OptionalInt.of(3));
        lost(a, new OperatorRequest.Order(group(), "a", orders));
        long before = a.open().changeNumber();

        assertThat(applied(a.order("a", orders)).members()).containsExactly(a.row().with(orders));
        assertThat(a.open().changeNumber()).isEqualTo(before);
    }

    @Test
    void groupsAreSeparate() {
        ScriptedMember a = joined("a");
        applied(a.discover("s"));
        a.taking("s");
        ScriptedMember b = joined("b");
        Lease claimed = b.claiming("s");
        ScriptedMember other = new ScriptedMember(session(), group() + " too", a.self());

        assertThat(other.beat(1)).isInstanceOf(Refused.class);
        other.joined();
        assertThat(other.leases()).isEmpty();
        applied(other.discover("s"));
        Lease theirs = other.taking("s");
        applied(other.beat(9));
        applied(other.rate(theirs, 9));
        applied(other.declare(MemberState.DRAINED));
        applied(other.order("a", new Orders(true, OptionalInt.of(9))));
        applied(new ScriptedMember(session(), group() + " too", b.self()).joined().withdraw("s"));
        applied(other.release(theirs, Optional.of(position("theirs", 9))));
        applied(other.close(other, Optional.empty()));

        assertThat(a.lease("s")).isEqualTo(claimed);
        assertThat(a.open().members()).containsExactlyInAnyOrder(a.row(), b.row());
        assertThat(a.progressOf("s")).isEqualTo(position("start", 0));
    }

    @Test
    void namesAreTakenLiterally() {
        List<String> names =
                List.of(
                        "'; DROP TABLE lease; --",
                        "\"quoted\"",
                        "100%",
                        "a_b",
                        "axb",
                        "back\\slash",
                        "{1,2}",
                        ":group",
                        "?",
                        "[{\"splits\":1}]",
                        "\u200b",
                        "NULL",
                        "Upper",
                        "upper",
                        "stra\u00dfe",
                        "\u65e5\u672c\u8a9e",
                        "\ud83d\ude00",
                        "x".repeat(255),
                        "\u00e9".repeat(255));
        for (String name : names) {
            ScriptedMember a =
                    new ScriptedMember(session(), name, new Incarnation(name, name)).joined();
            applied(a.discover(names.toArray(String[]::new)));
            Lease had = a.taking(name);

            assertThat(had.splitId()).isEqualTo(name);
            assertThat(had.ownedBy(a.self())).isTrue();
            assertThat(applied(a.record(had, position(name, 1)))).containsExactly(name);
            assertThat(a.leases()).hasSize(names.size());
            assertThat(a.leases().values().stream().filter(lease -> lease.ownedBy(a.self())))
                    .containsExactly(had);
        }
    }

    @Test
    void aRequestMayNameTenThousandSplits() {
        ScriptedMember a = joined("a");
        String[] splits =
                IntStream.range(0, LeaseRequest.MOST_SPLITS)
                        .mapToObj(split -> "topic-" + split)
                        .toArray(String[]::new);
        assertThat(applied(a.discover(splits))).hasSize(splits.length);

        Map<String, Lease> free = a.leases();
        assertThat(free).hasSize(splits.length);
        List<Lease> had =
                applied(a.acquire(free.values().toArray(Lease[]::new))).stream()
                        .map(Acquire.Taken::lease)
                        .toList();
        assertThat(had).hasSize(splits.length);

        ScriptedMember b = joined("b");
        assertThat(applied(b.claim(Kind.ASK, had.toArray(Lease[]::new)))).hasSize(splits.length);
        assertThat(applied(b.withdraw(splits))).hasSize(splits.length);
        var rated =
                had.stream()
                        .map(lease -> new SplitRequest.Rate.Rated(lease.splitId(), 1, 0.5))
                        .toList();
        assertThat(applied(a.send(new SplitRequest.Rate(group(), a.self(), rated))))
                .hasSize(splits.length);

        var recorded =
                had.stream()
                        .map(lease -> ScriptedMember.recorded(lease, position("x", 1)))
                        .toList();
        assertThat(applied(a.send(new Record(group(), a.self(), recorded)))).hasSize(splits.length);

        var released =
                had.stream()
                        .map(
                                lease ->
                                        new Release.Released(
                                                lease.splitId(),
                                                lease.epoch(),
                                                Optional.of(position("y", 2))))
                        .toList();
        assertThat(applied(a.send(new Release(group(), a.self(), released))))
                .hasSize(splits.length);
        assertThat(a.leases().values()).allMatch(lease -> lease.owner().isEmpty());
    }
}
