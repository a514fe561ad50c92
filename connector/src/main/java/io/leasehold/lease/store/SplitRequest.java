package io.leasehold.lease.store;

import io.leasehold.lease.model.Exclusion;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Names;
import io.leasehold.lease.model.Progress;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What members ask about the splits there are: which, read by whom, and how fast. A request that
 * changes splits is answered with those for which its condition held.
 *
 * @param <A> what the store answers
 */
public sealed interface SplitRequest<A> extends LeaseRequest<A> {

    /** Answers each of these requests. */
    interface Answers {
        LeaseOutcome<Set<String>> discover(Discover discover);

        LeaseOutcome<LeaseChanges> read(Read read);

        LeaseOutcome<Optional<Progress>> locate(Locate locate);

        LeaseOutcome<Set<String>> exclude(Exclude exclude);

        LeaseOutcome<Set<String>> rate(Rate rate);
    }

    /** What those answers say to this request. */
    LeaseOutcome<A> answeredBy(Answers answers);

    @Override
    default LeaseOutcome<A> answeredBy(LeaseAnswers answers) {
        return answeredBy(answers.splits());
    }

    /**
     * Inserts those splits that have no row: unowned, epoch 0, tenure 0, with that position. A
     * split that has a row is left untouched, finished ones too. Refused if the incarnation may not
     * write. Answered with the splits that were inserted.
     */
    record Discover(String group, Incarnation by, List<NewSplit> splits)
            implements SplitRequest<Set<String>> {

        /**
         * A split that was found in the queue.
         *
         * @param start where its first reader starts, if it is new to the group
         */
        public record NewSplit(String splitId, Set<String> parents, Progress start) {
            public NewSplit {
                Names.require("split id", splitId);
                parents = Set.copyOf(parents);
                parents.forEach(parent -> Names.require("parent's split id", parent));
                Objects.requireNonNull(start);
            }
        }

        public Discover {
            splits = NamedSplits.eachOnce(splits, NewSplit::splitId);
        }

        @Override
        public LeaseOutcome<Set<String>> answeredBy(Answers answers) {
            return answers.discover(this);
        }
    }

    /**
     * Reads the leases whose version is beyond {@code since}. Never refused.
     *
     * @param since up to which change number the leases are known; 0 reads all
     * @param seen the change number that its sender saw last; 0 if it saw none
     */
    record Read(String group, long since, long seen) implements SplitRequest<LeaseChanges> {

        /** By a sender that compares with nothing it has seen. */
        public Read(String group, long since) {
            this(group, since, 0);
        }

        @Override
        public LeaseOutcome<LeaseChanges> answeredBy(Answers answers) {
            return answers.read(this);
        }
    }

    /**
     * Reads where the next reader of a split would start; empty if it has no row. Never refused.
     */
    record Locate(String group, String splitId) implements SplitRequest<Optional<Progress>> {
        @Override
        public LeaseOutcome<Optional<Progress>> answeredBy(Answers answers) {
            return answers.locate(this);
        }
    }

    /**
     * Writes which members cannot read those splits whose version is as read. Refused if the
     * incarnation may not write. A split that is acquired at the same time is acquired by a
     * condition on its version, so either that or this changes nothing.
     */
    record Exclude(String group, Incarnation by, List<Excluded> splits)
            implements SplitRequest<Set<String>> {

        /**
         * @param version the version of the row as read; it is changed only if it is still that
         * @param excluded all members that cannot read the split from then on, and why
         */
        public record Excluded(String splitId, long version, Map<String, Exclusion> excluded) {
            public Excluded {
                excluded = Map.copyOf(excluded);
                excluded.keySet().forEach(member -> Names.require("member id", member));
            }
        }

        public Exclude {
            splits = NamedSplits.eachOnce(splits, Excluded::splitId);
        }

        @Override
        public LeaseOutcome<Set<String>> answeredBy(Answers answers) {
            return answers.exclude(this);
        }
    }

    /**
     * Writes how many records a second are read from those splits that the incarnation owns in the
     * epoch named. Never refused: a stale owner's condition holds for no split.
     */
    record Rate(String group, Incarnation by, List<Rated> splits)
            implements SplitRequest<Set<String>> {

        /**
         * @param epoch the epoch it is owned in
         * @param perSecond records per second
         */
        public record Rated(String splitId, long epoch, double perSecond) {
            public Rated {
                if (!(perSecond >= 0) || Double.isInfinite(perSecond)) {
                    throw new IllegalArgumentException(
                            "The rate " + perSecond + " of split '" + splitId + "' is none.");
                }
            }
        }

        public Rate {
            splits = NamedSplits.eachOnce(splits, Rated::splitId);
        }

        @Override
        public LeaseOutcome<Set<String>> answeredBy(Answers answers) {
            return answers.rate(this);
        }
    }
}
