package io.leasehold.lease.store;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Progress;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * How splits change their owners, and what an owner records: protocol section 6. A request is
 * answered with the splits for which its condition held.
 *
 * @param <A> what the store answers
 */
public sealed interface OwnershipRequest<A> extends LeaseRequest<A> {

    /** Answers each of these requests. */
    interface Answers {
        LeaseOutcome<List<Acquire.Taken>> acquire(Acquire acquire);

        LeaseOutcome<Set<String>> record(Record record);

        LeaseOutcome<Set<String>> finish(Finish finish);

        LeaseOutcome<Set<String>> release(Release release);

        LeaseOutcome<Set<String>> claim(Claim claim);

        LeaseOutcome<Set<String>> withdraw(Withdraw withdraw);
    }

    /** What those answers say to this request. */
    LeaseOutcome<A> answeredBy(Answers answers);

    @Override
    default LeaseOutcome<A> answeredBy(LeaseAnswers answers) {
        return answeredBy(answers.ownership());
    }

    /**
     * Makes the incarnation owner of those unfinished splits whose version is as read, in the epoch
     * after that of the row or, if that is greater, after the one it must be beyond, and in the
     * tenure wanted. The position stays. A claim is gone then; but the claim of another member
     * stays where the split was the member's already. Refused if the incarnation may not write; one
     * that is DRAINED gets nothing.
     *
     * <p>In the same instant it seals each incarnation from which it gets a split and which is
     * over, CLOSED or replaced: nothing of that can be decided late any more, so what {@link
     * DecisionRequest.ReadDecisions} says of it after that is final. Earlier incarnations of its
     * own member are sealed too.
     *
     * @param seen the change number that its sender saw last; 0 if it saw none
     */
    record Acquire(String group, Incarnation by, List<Wanted> splits, long seen)
            implements OwnershipRequest<List<Acquire.Taken>> {

        /**
         * @param version the version of the row as read; the lease is had only if it is still that
         * @param tenure the tenure the lease shall have from now on
         * @param beyond an epoch that the new one must be above, whatever the row says
         */
        public record Wanted(String splitId, long version, long tenure, long beyond) {

            /** In the epoch after that of the row. */
            public Wanted(String splitId, long version, long tenure) {
                this(splitId, version, tenure, 0);
            }
        }

        /**
         * @param lease the row as it is now, owned by who asked, with its new epoch
         * @param progress where to start from if not from state
         */
        public record Taken(Lease lease, Progress progress) {}

        public Acquire {
            splits = NamedSplits.eachOnce(splits, Wanted::splitId);
        }

        /** By a sender that compares with nothing it has seen. */
        public Acquire(String group, Incarnation by, List<Wanted> splits) {
            this(group, by, splits, 0);
        }

        @Override
        public LeaseOutcome<List<Taken>> answeredBy(Answers answers) {
            return answers.acquire(this);
        }
    }

    /**
     * Position of one owned split.
     *
     * @param epoch the epoch under which it was made
     */
    record Recorded(String splitId, long epoch, Progress progress) {}

    /**
     * Records positions of those splits that the incarnation owns in the epoch named, where the
     * checkpoint is not older than the one last recorded in that same epoch (S3). Never refused: a
     * stale owner's condition holds for no split.
     */
    record Record(String group, Incarnation by, List<Recorded> splits)
            implements OwnershipRequest<Set<String>> {
        public Record {
            splits = NamedSplits.eachOnce(splits, Recorded::splitId);
        }

        @Override
        public LeaseOutcome<Set<String>> answeredBy(Answers answers) {
            return answers.record(this);
        }
    }

    /**
     * Records the last positions of splits and that they are finished, under the condition of
     * {@link Record}. A finished split has no owner, and no claim.
     */
    record Finish(String group, Incarnation by, List<Recorded> splits)
            implements OwnershipRequest<Set<String>> {
        public Finish {
            splits = NamedSplits.eachOnce(splits, Recorded::splitId);
        }

        @Override
        public LeaseOutcome<Set<String>> answeredBy(Answers answers) {
            return answers.finish(this);
        }
    }

    /**
     * Makes those splits unowned that the incarnation owns in the epoch named, and records the
     * position where there is one, in the same instant. Claim, epoch and tenure stay. A position
     * older than what is recorded in that epoch is not recorded (S3); the split is unowned all the
     * same.
     */
    record Release(String group, Incarnation by, List<Released> splits)
            implements OwnershipRequest<Set<String>> {

        /**
         * @param epoch the epoch under which it was held
         * @param progress how far it was read, if it was read at all
         */
        public record Released(String splitId, long epoch, Optional<Progress> progress) {
            public Released {
                Objects.requireNonNull(progress);
            }

            /** The position as {@link Record} would record it. */
            public Optional<Recorded> recorded() {
                return progress.map(position -> new Recorded(splitId, epoch, position));
            }
        }

        public Release {
            splits = NamedSplits.eachOnce(splits, Released::splitId);
        }

        @Override
        public LeaseOutcome<Set<String>> answeredBy(Answers answers) {
            return answers.release(this);
        }
    }

    /**
     * Claims those unfinished splits for the member whose version is as read and whose owner is
     * another member; an earlier claim is replaced. Refused if the incarnation may not write.
     */
    record Claim(String group, Incarnation by, List<Claimed> splits)
            implements OwnershipRequest<Set<String>> {

        /**
         * @param version the version of the row as read; it is claimed only if it is still that
         * @param kind how it is claimed
         */
        public record Claimed(
                String splitId, long version, io.leasehold.lease.model.Claim.Kind kind) {
            public Claimed {
                Objects.requireNonNull(kind);
            }

            /** The claim as it stands in the row then. */
            public io.leasehold.lease.model.Claim by(String claimant) {
                return new io.leasehold.lease.model.Claim(claimant, kind);
            }
        }

        public Claim {
            splits = NamedSplits.eachOnce(splits, Claimed::splitId);
        }

        @Override
        public LeaseOutcome<Set<String>> answeredBy(Answers answers) {
            return answers.claim(this);
        }
    }

    /**
     * Removes the member's claims on those splits, whoever owns them. Refused if the incarnation
     * may not write. Answered with the splits that it had claimed.
     */
    record Withdraw(String group, Incarnation by, List<String> splitIds)
            implements OwnershipRequest<Set<String>> {
        public Withdraw {
            splitIds = NamedSplits.eachOnce(splitIds, Function.identity());
        }

        @Override
        public LeaseOutcome<Set<String>> answeredBy(Answers answers) {
            return answers.withdraw(this);
        }
    }
}
