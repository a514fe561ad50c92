package io.leasehold.lease.store;

import io.leasehold.lease.model.Membership;
import io.leasehold.lease.model.Names;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.model.Progress;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What operators ask. A request that names many splits is answered with those for which its
 * condition held.
 *
 * @param <A> what the store answers
 */
public sealed interface OperatorRequest<A> extends LeaseRequest<A> {

    /** Answers each of these requests. */
    interface Answers {
        LeaseOutcome<Membership> order(Order order);

        LeaseOutcome<List<GroupSummary>> groups(Groups groups);

        LeaseOutcome<Optional<Inspection>> inspect(Inspect inspect);

        LeaseOutcome<StoreCheck> check(Check check);

        LeaseOutcome<Set<String>> releaseAbandoned(ReleaseAbandoned release);

        LeaseOutcome<Set<String>> reset(Reset reset);

        LeaseOutcome<Set<String>> forget(Forget forget);

        LeaseOutcome<Boolean> forgetGroup(ForgetGroup forgetGroup);
    }

    /** What those answers say to this request. */
    LeaseOutcome<A> answeredBy(Answers answers);

    @Override
    default LeaseOutcome<A> answeredBy(LeaseAnswers answers) {
        return answeredBy(answers.operators());
    }

    /**
     * Writes what a member is told to do, whatever its incarnation and state. Never refused: if
     * there is no such member, the answer's members show that.
     */
    record Order(String group, String memberId, Orders orders)
            implements OperatorRequest<Membership> {
        public Order {
            Names.require("group", group);
            Names.require("member id", memberId);
            Objects.requireNonNull(orders);
        }

        @Override
        public LeaseOutcome<Membership> answeredBy(Answers answers) {
            return answers.order(this);
        }
    }

    /**
     * Lists the groups in order of their id, those of another schema version too. Never refused.
     */
    record Groups() implements OperatorRequest<List<GroupSummary>> {
        @Override
        public LeaseOutcome<List<GroupSummary>> answeredBy(Answers answers) {
            return answers.groups(this);
        }
    }

    /**
     * Reads all there is of a group, for people: without a change, and at a cost that grows with
     * the number of splits. Empty if there is no such group. Never refused.
     */
    record Inspect(String group) implements OperatorRequest<Optional<Inspection>> {
        public Inspect {
            Names.require("group", group);
        }

        @Override
        public LeaseOutcome<Optional<Inspection>> answeredBy(Answers answers) {
            return answers.inspect(this);
        }
    }

    /** Finds out what the store is and what this user may do there. Changes nothing. */
    record Check() implements OperatorRequest<StoreCheck> {
        @Override
        public LeaseOutcome<StoreCheck> answeredBy(Answers answers) {
            return answers.check(this);
        }
    }

    /**
     * A row of a split as somebody has seen it.
     *
     * @param version the version of the row as read; it is changed only if it is still that
     */
    record AsRead(String splitId, long version) {}

    /**
     * Makes those splits unowned whose version is as read and whose owner is over: its member's row
     * is gone, has another incarnation, or is CLOSED. Claim, epoch, tenure and position stay. Never
     * refused. Whether the owner's readers are silent by now, the store does not know: as with
     * {@link OwnershipRequest.Acquire}, who asks has waited for that.
     */
    record ReleaseAbandoned(String group, List<AsRead> splits)
            implements OperatorRequest<Set<String>> {
        public ReleaseAbandoned {
            splits = NamedSplits.eachOnce(splits, AsRead::splitId);
        }

        @Override
        public LeaseOutcome<Set<String>> answeredBy(Answers answers) {
            return answers.releaseAbandoned(this);
        }
    }

    /**
     * Sets from where the next reader of those unowned, unfinished splits starts whose version is
     * as read: the position as given, the tenure plus one, so that no restored state is resumed
     * instead. Claim and epoch stay. Never refused.
     */
    record Reset(String group, List<Position> splits) implements OperatorRequest<Set<String>> {

        /**
         * @param version the version of the row as read; it is changed only if it is still that
         * @param progress where the next reader starts
         */
        public record Position(String splitId, long version, Progress progress) {
            public Position {
                Objects.requireNonNull(progress);
            }
        }

        public Reset {
            splits = NamedSplits.eachOnce(splits, Position::splitId);
        }

        @Override
        public LeaseOutcome<Set<String>> answeredBy(Answers answers) {
            return answers.reset(this);
        }
    }

    /**
     * Deletes the rows of those unowned splits whose version is as read. A split that is not
     * finished is left while any member's row is not CLOSED: members do not learn of what is gone,
     * and would try for ever to acquire it. Never refused.
     */
    record Forget(String group, List<AsRead> splits) implements OperatorRequest<Set<String>> {
        public Forget {
            splits = NamedSplits.eachOnce(splits, AsRead::splitId);
        }

        @Override
        public LeaseOutcome<Set<String>> answeredBy(Answers answers) {
            return answers.forget(this);
        }
    }

    /**
     * Deletes a group with all its rows, if nothing has changed since it had that change number,
     * every member is CLOSED, no split has an owner and no decided output is left to commit. Never
     * refused. Whoever is in that group still finds that the table went back. Answered with whether
     * it was deleted.
     *
     * @param changeNumber the group's as read; it is deleted only if that is still so
     */
    record ForgetGroup(String group, long changeNumber) implements OperatorRequest<Boolean> {
        public ForgetGroup {
            Names.require("group", group);
        }

        @Override
        public LeaseOutcome<Boolean> answeredBy(Answers answers) {
            return answers.forgetGroup(this);
        }
    }
}
