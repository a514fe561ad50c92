package io.leasehold.simulation;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.LeaseChanges;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.MembershipRequest.Beat;
import io.leasehold.lease.store.MembershipRequest.Join;
import io.leasehold.lease.store.MembershipRequest.Open;
import io.leasehold.lease.store.SplitRequest.Read;
import io.leasehold.testkit.ForwardingStore;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

import static io.leasehold.testkit.ForwardingStore.changed;

/** Rules under which members see the table other than it is, or make too much of what they see. */
final class BrokenSights {

    private BrokenSights() {}

    /** Shows members with other durations than they live by (T3). */
    static final class OtherDurations extends Rules {
        private final BiFunction<LeaseTerms, Duration, Duration> seen;

        OtherDurations(BiFunction<LeaseTerms, Duration, Duration> seen) {
            this.seen = seen;
        }

        @Override
        LeaseStore seenBy(Incarnation incarnation, LeaseTerms terms, LeaseStore table) {
            UnaryOperator<Membership> shown = members -> shown(members, terms);
            return new ForwardingStore(table)
                    .on(Beat.class, beat -> changed(table.ask(beat), shown))
                    .on(Join.class, join -> changed(table.ask(join), shown))
                    .on(Open.class, open -> changed(table.ask(open), shown));
        }

        private Membership shown(Membership members, LeaseTerms terms) {
            return new Membership(
                    members.changeNumber(),
                    members.members().stream()
                            .map(
                                    row ->
                                            new Member(
                                                    row.incarnation(),
                                                    row.beat(),
                                                    row.state(),
                                                    row.share(),
                                                    row.orders(),
                                                    seen.apply(terms, row.duration()),
                                                    row.emitsFor(),
                                                    row.description()))
                            .toList());
        }
    }

    /** A renewal without an answer is taken for one that was answered (T5). */
    static final class TakesSilenceForYes extends Rules {
        private final Map<Incarnation, Membership> lastSeen = new HashMap<>();

        @Override
        LeaseStore seenBy(Incarnation incarnation, LeaseTerms terms, LeaseStore table) {
            return new ForwardingStore(table)
                    .on(
                            Beat.class,
                            beat ->
                                    changed(
                                            table.ask(beat),
                                            members -> {
                                                lastSeen.put(incarnation, members);
                                                return members;
                                            }));
        }

        @Override
        LeaseStore unanswered(Incarnation incarnation, LeaseStore silent) {
            return new ForwardingStore(silent)
                    .on(
                            Beat.class,
                            beat ->
                                    Optional.ofNullable(lastSeen.get(incarnation))
                                            .<LeaseOutcome<Membership>>map(Applied::new)
                                            .orElseGet(() -> silent.ask(beat)));
        }
    }

    /** A renewal that is sent again has the number of the one that was not answered (T5). */
    static final class RenewsAgainUnderTheSameNumber extends Rules {
        private final Map<Incarnation, Long> answered = new HashMap<>();

        @Override
        LeaseStore seenBy(Incarnation incarnation, LeaseTerms terms, LeaseStore table) {
            return new ForwardingStore(table)
                    .on(
                            Beat.class,
                            beat -> {
                                long next = answered.getOrDefault(incarnation, 0L) + 1;
                                return table.ask(new Beat(beat.group(), beat.by(), next));
                            });
        }

        @Override
        void answered(Incarnation incarnation, LeaseRequest<?> request) {
            if (request instanceof Beat) {
                answered.merge(incarnation, 1L, Long::sum);
            }
        }
    }

    /** A lease is known for one's own by the answer to having taken it alone (T5). */
    static final class DoesNotKnowItsOwn extends Rules {
        @Override
        LeaseStore seenBy(Incarnation incarnation, LeaseTerms terms, LeaseStore table) {
            return new ForwardingStore(table)
                    .on(
                            Read.class,
                            read ->
                                    changed(
                                            table.ask(read),
                                            changes -> withoutThoseOf(incarnation, changes)));
        }

        private static LeaseChanges withoutThoseOf(Incarnation owner, LeaseChanges changes) {
            return new LeaseChanges(
                    changes.changeNumber(),
                    changes.leases().stream().filter(lease -> !lease.ownedBy(owner)).toList(),
                    changes.unreadable());
        }
    }
}
