package io.leasehold.lease.store;

import io.leasehold.lease.model.Decisions;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.model.Names;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What is asked about the members of a group: by members, and {@link ForgetMembers} by operators
 * too.
 *
 * @param <A> what the store answers
 */
public sealed interface MembershipRequest<A> extends LeaseRequest<A> {

    /** Answers each of these requests. */
    interface Answers {
        LeaseOutcome<Membership> open(Open open);

        LeaseOutcome<Membership> join(Join join);

        LeaseOutcome<Membership> beat(Beat beat);

        LeaseOutcome<Membership> declare(Declare declare);

        LeaseOutcome<Close.Closed> close(Close close);

        LeaseOutcome<Set<String>> forgetMembers(ForgetMembers forgetMembers);
    }

    /** What those answers say to this request. */
    LeaseOutcome<A> answeredBy(Answers answers);

    @Override
    default LeaseOutcome<A> answeredBy(LeaseAnswers answers) {
        return answeredBy(answers.membership());
    }

    /**
     * Creates the group's row if it is missing, and reads the members. Never refused. A group that
     * was not opened has change number 0 and no rows.
     *
     * @param seen the change number that its sender saw last; 0 if it saw none
     */
    record Open(String group, long seen) implements MembershipRequest<Membership> {
        public Open {
            Names.require("group", group);
        }

        /** By a sender that has seen nothing of the group. */
        public Open(String group) {
            this(group, 0);
        }

        @Override
        public LeaseOutcome<Membership> answeredBy(Answers answers) {
            return answers.open(this);
        }
    }

    /**
     * Writes a member's row. Condition: there is no row if {@code replaced} is empty; else it has
     * the incarnation, the beat, the state and the orders of {@code replaced}. Refused where that
     * does not hold, or where it would bring a CLOSED incarnation back. The answer to a repeated
     * request whose first answer was lost is Applied: the row is already as asked, and nothing
     * changes.
     *
     * @param member the row to write
     * @param replaced the row as it was read, if there was one
     * @param seen the change number that its sender saw last; 0 if it saw none
     */
    record Join(String group, Member member, Optional<Member> replaced, long seen)
            implements MembershipRequest<Membership> {
        public Join {
            Names.require("group", group);
            Objects.requireNonNull(member);
            if (replaced.isPresent() && !replaced.get().id().equals(member.id())) {
                throw new IllegalArgumentException(
                        member.id() + " cannot replace the row of " + replaced.get().id());
            }
        }

        /** By a sender that compares with nothing it has seen. */
        public Join(String group, Member member, Optional<Member> replaced) {
            this(group, member, replaced, 0);
        }

        /** The same, by a sender that saw this change number last. */
        public Join bySomebodyWhoSaw(long change) {
            return new Join(group, member, replaced, change);
        }

        @Override
        public LeaseOutcome<Membership> answeredBy(Answers answers) {
            return answers.join(this);
        }
    }

    /**
     * Sets the beat of a member and reads all members, its own row as it is after that. Refused if
     * the incarnation may not write. A beat lower than the stored one leaves it as it is.
     *
     * @param seen the change number that its sender saw last; 0 if it saw none
     */
    record Beat(String group, Incarnation by, long beat, long seen)
            implements MembershipRequest<Membership> {

        /** By a sender that compares with nothing it has seen. */
        public Beat(String group, Incarnation by, long beat) {
            this(group, by, beat, 0);
        }

        @Override
        public LeaseOutcome<Membership> answeredBy(Answers answers) {
            return answers.beat(this);
        }
    }

    /**
     * Writes what a member says of itself, if its beat is the one named still; that it is DRAINED
     * only if it owns no split, in whatever incarnation, so that whoever reads DRAINED may rely on
     * it. Refused if the incarnation may not write; else the answer's members show what is written.
     *
     * @param state any but CLOSED; who is CLOSED says so with {@link Close}
     * @param notice what its operators should know now; empty if nothing
     * @param beat its last one: what was true then may not be true any more after the next
     * @param seen the change number that its sender saw last; 0 if it saw none
     */
    record Declare(
            String group, Incarnation by, MemberState state, String notice, long beat, long seen)
            implements MembershipRequest<Membership> {

        /** With no notice, by a sender that compares with nothing seen. */
        public Declare(String group, Incarnation by, MemberState state, long beat) {
            this(group, by, state, "", beat, 0);
        }

        public Declare {
            Objects.requireNonNull(notice);
            Objects.requireNonNull(by);
            if (state == MemberState.CLOSED) {
                throw new IllegalArgumentException("A member is closed by a Close request.");
            }
        }

        @Override
        public LeaseOutcome<Membership> answeredBy(Answers answers) {
            return answers.declare(this);
        }
    }

    /**
     * Marks an incarnation CLOSED, with how long its readers may still emit, and how long others
     * leave its leases to its next incarnation. Condition: it may still write, and if a beat is
     * named, its beat is that one still. Its leases keep it as their owner. Never refused: the
     * answer's members show whether it is closed. The answer also says what the member has decided.
     *
     * @param closed the incarnation that is over
     * @param beat the last beat seen of it; empty where it closes itself
     * @param emitsFor how long its readers, or those of the incarnation it replaced, may still emit
     * @param heldFor how long others leave its leases to its next incarnation
     * @param seen the change number that its sender saw last; 0 if it saw none
     */
    record Close(
            String group,
            Incarnation closed,
            Optional<Long> beat,
            Duration emitsFor,
            Duration heldFor,
            long seen)
            implements MembershipRequest<Close.Closed> {

        /**
         * @param members the members after the request; they show whether the incarnation is closed
         * @param decisions what the member has decided. More can still be decided for it until the
         *     first of its splits is acquired, which seals it
         */
        public record Closed(Membership members, Decisions decisions) {}

        /** Of an incarnation that keeps nothing, by a sender that compares with nothing seen. */
        public Close(String group, Incarnation closed, Optional<Long> beat, Duration emitsFor) {
            this(group, closed, beat, emitsFor, Duration.ZERO, 0);
        }

        public Close {
            Objects.requireNonNull(closed);
            Objects.requireNonNull(beat);
            if (emitsFor.isNegative()) {
                throw new IllegalArgumentException("emitsFor is negative: " + emitsFor);
            }
            if (heldFor.isNegative()) {
                throw new IllegalArgumentException("heldFor is negative: " + heldFor);
            }
        }

        @Override
        public LeaseOutcome<Closed> answeredBy(Answers answers) {
            return answers.close(this);
        }
    }

    /**
     * Deletes the rows of those members that are CLOSED in the incarnation named, have been for so
     * long by the store's clock, own no split in whatever incarnation, and have no decided output
     * left to commit. The time is counted anew from an order that changed the row since. Refused if
     * a member asks that may not write. What a member asks is not done, without a failure, where
     * the store gives its user no right to delete. Answered with the ids of the members whose
     * condition held.
     *
     * @param by the incarnation that asks; empty if an operator does
     * @param members the incarnations whose rows are of no more use, as read
     * @param closedFor how long they must have been CLOSED by the store's clock
     */
    record ForgetMembers(
            String group, Optional<Incarnation> by, List<Incarnation> members, Duration closedFor)
            implements MembershipRequest<Set<String>> {
        public ForgetMembers {
            Names.require("group", group);
            Objects.requireNonNull(by);
            members = List.copyOf(members);
            if (members.size() > MOST_MEMBERS) {
                throw new IllegalArgumentException(
                        "A request names %s members; at most %s fit into one."
                                .formatted(members.size(), MOST_MEMBERS));
            }
            if (closedFor.isNegative()) {
                throw new IllegalArgumentException("closedFor is negative: " + closedFor);
            }
        }

        @Override
        public LeaseOutcome<Set<String>> answeredBy(Answers answers) {
            return answers.forgetMembers(this);
        }
    }
}
