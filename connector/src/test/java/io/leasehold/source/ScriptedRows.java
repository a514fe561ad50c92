package io.leasehold.source;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.MembershipRequest;
import io.leasehold.lease.store.OperatorRequest;
import io.leasehold.lease.store.SplitRequest;
import io.leasehold.lease.store.SplitRequest.Discover.NewSplit;

import org.awaitility.Awaitility;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

import static java.util.Collections.frequency;

/** Rows that a test writes beside the jobs it runs. */
final class ScriptedRows {

    private ScriptedRows() {}

    /** A split whose start is these bytes, found by a member that is gone again. */
    static void discover(LeaseStore store, String group, String splitId, byte[] start) {
        Incarnation finder = new Incarnation("finder", "1");
        applied(store.ask(new MembershipRequest.Open(group)));
        applied(
                store.ask(
                        new MembershipRequest.Join(
                                group,
                                new Member(
                                        finder,
                                        0,
                                        MemberState.ACTIVE,
                                        Share.of(1),
                                        Orders.NONE,
                                        Duration.ofSeconds(1),
                                        Duration.ZERO,
                                        "a test"),
                                Optional.empty())));
        applied(
                store.ask(
                        new SplitRequest.Discover(
                                group,
                                finder,
                                List.of(
                                        new NewSplit(
                                                splitId,
                                                Set.of(),
                                                new Progress(start, 1, "made up", 0))))));
        close(store, group, "finder");
    }

    /** Closes a member as another one would that found it dead. */
    static void close(LeaseStore store, String group, String memberId) {
        Membership members = applied(store.ask(new MembershipRequest.Open(group)));
        applied(
                store.ask(
                        new MembershipRequest.Close(
                                group,
                                members.member(memberId).orElseThrow().incarnation(),
                                Optional.empty(),
                                Duration.ZERO)));
    }

    /** Orders a member to be of another weight, as an operator would. */
    static void weigh(LeaseStore store, String group, String memberId, int weight) {
        applied(
                store.ask(
                        new OperatorRequest.Order(
                                group, memberId, new Orders(false, OptionalInt.of(weight)))));
    }

    /** Owners' member ids by split, of those that have one. */
    static Map<String, String> owners(LeaseStore store, String group) {
        Map<String, String> owners = new TreeMap<>();
        applied(store.ask(new SplitRequest.Read(group, 0)))
                .leases()
                .forEach(
                        lease ->
                                lease.ownerId()
                                        .ifPresent(owner -> owners.put(lease.splitId(), owner)));
        return owners;
    }

    /** How many splits are this member's. */
    static int splitsOf(LeaseStore store, String group, String memberId) {
        return frequency(owners(store, group).values(), memberId);
    }

    static void awaitSplitsOf(LeaseStore store, String group, String memberId, int splits) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> splitsOf(store, group, memberId) == splits);
    }

    static <A> A applied(LeaseOutcome<A> outcome) {
        return outcome.match(answer -> answer, ScriptedRows::unexpected, ScriptedRows::unexpected);
    }

    static <A> A unexpected(Object what) {
        throw new AssertionError("The store answered: " + what);
    }
}
