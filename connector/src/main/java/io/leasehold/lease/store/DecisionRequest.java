package io.leasehold.lease.store;

import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Decisions;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Names;
import io.leasehold.lease.model.Progress;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Which checkpoints of members are decided, and what is to be committed for them: protocol section
 * 9.
 *
 * @param <A> what the store answers
 */
public sealed interface DecisionRequest<A> extends LeaseRequest<A> {

    /** Answers each of these requests. */
    interface Answers {
        LeaseOutcome<Decision> decide(Decide decide);

        LeaseOutcome<Decisions> readDecisions(ReadDecisions read);

        LeaseOutcome<Set<DecidedOutput.Key>> dropOutput(DropOutput drop);
    }

    /** What those answers say to this request. */
    LeaseOutcome<A> answeredBy(Answers answers);

    @Override
    default LeaseOutcome<A> answeredBy(LeaseAnswers answers) {
        return answeredBy(answers.decisions());
    }

    /**
     * Decides a completed checkpoint, as a whole or not at all: records the positions of the
     * splits, releases or finishes those for which that is said, stores the prepared output, drops
     * output that is committed, and writes that this checkpoint is the last one decided. Every
     * checkpoint that the same incarnation completed before is covered by it.
     *
     * <p>Conditions: the incarnation that asks may write. It owns each split that is named, in the
     * epoch named. A <i>late decision</i> is for a checkpoint of an earlier incarnation of the
     * member: then that incarnation must own each split in that epoch, and it must not be sealed.
     * An incarnation is sealed by {@link OwnershipRequest.Acquire} and by a decision or acquisition
     * of a later one.
     *
     * <p>Answered with {@link Decision.Decided} if it took effect, now or when it was sent before,
     * whoever has closed the incarnation since. A position older than the one recorded in the same
     * epoch is not recorded (S3). Takes a change number only if it releases or finishes a split.
     *
     * @param by the incarnation that asks
     * @param checkpoint the completed checkpoint, of that incarnation or an earlier one of the
     *     member
     * @param splits the splits whose records may be in the output
     * @param output the prepared output of each sink, by the id of the sink; a sink without output
     *     is left out
     * @param committed output of any member that is certainly committed
     * @param seen the change number that its sender saw last; 0 if it saw none
     */
    record Decide(
            String group,
            Incarnation by,
            DecidedCheckpoint checkpoint,
            List<DecidedSplit> splits,
            Map<String, byte[]> output,
            Set<DecidedOutput.Key> committed,
            long seen)
            implements DecisionRequest<Decision> {

        /** What becomes of a split with the decision. */
        public enum Then {
            /** The incarnation stays its owner. */
            OWNED,
            /** It has no owner. A claim stays. */
            RELEASED,
            /** It is read to its end, and has no owner and no claim. */
            FINISHED
        }

        /**
         * @param epoch the epoch in which it was read
         * @param progress its position as of the checkpoint
         * @param then what becomes of it
         */
        public record DecidedSplit(String splitId, long epoch, Progress progress, Then then) {
            public DecidedSplit {
                Objects.requireNonNull(progress);
                Objects.requireNonNull(then);
            }

            /** A split that stays with its owner. */
            public DecidedSplit(String splitId, long epoch, Progress progress) {
                this(splitId, epoch, progress, Then.OWNED);
            }

            /** The position as {@link OwnershipRequest.Record} would record it. */
            public OwnershipRequest.Recorded recorded() {
                return new OwnershipRequest.Recorded(splitId, epoch, progress);
            }
        }

        public Decide {
            Names.require("group", group);
            if (!checkpoint.incarnation().memberId().equals(by.memberId())) {
                throw new IllegalArgumentException(
                        "Member '%s' cannot decide %s.".formatted(by.memberId(), checkpoint));
            }
            splits = NamedSplits.eachOnce(splits, DecidedSplit::splitId);
            output = Map.copyOf(output);
            committed = Set.copyOf(committed);
            long bytes = output.values().stream().mapToLong(it -> it.length).sum();
            if (bytes > DecidedOutput.MOST_BYTES) {
                throw new IllegalArgumentException(
                        "The output of %s has %s bytes; at most %s fit into one decision."
                                .formatted(checkpoint, bytes, DecidedOutput.MOST_BYTES));
            }
            if (committed.stream().anyMatch(key -> key.checkpoint().equals(checkpoint))) {
                throw new IllegalArgumentException(
                        "Output of %s cannot be committed before it is decided."
                                .formatted(checkpoint));
            }
            for (String sinkId : output.keySet()) {
                new DecidedOutput.Key(checkpoint, sinkId);
            }
        }

        /** True if an earlier incarnation of the member completed the checkpoint. */
        public boolean isLate() {
            return !checkpoint.incarnation().equals(by);
        }

        /** The output as it is stored, in order of the sinks. */
        public List<DecidedOutput> decidedOutput() {
            return output.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .map(
                            sink ->
                                    new DecidedOutput(
                                            new DecidedOutput.Key(checkpoint, sink.getKey()),
                                            sink.getValue()))
                    .toList();
        }

        @Override
        public LeaseOutcome<Decision> answeredBy(Answers answers) {
            return answers.decide(this);
        }
    }

    /**
     * Reads what a member has decided, with its output. Never refused; a member without a row has
     * decided nothing. What it says of a sealed incarnation does not change any more, but for
     * output that is dropped.
     */
    record ReadDecisions(String group, String memberId) implements DecisionRequest<Decisions> {
        public ReadDecisions {
            Names.require("group", group);
            Names.require("member id", memberId);
        }

        @Override
        public LeaseOutcome<Decisions> answeredBy(Answers answers) {
            return answers.readDecisions(this);
        }
    }

    /**
     * Deletes output of any member that is certainly committed. Refused if the incarnation may not
     * write. Answered with the output that was there.
     */
    record DropOutput(String group, Incarnation by, List<DecidedOutput.Key> committed)
            implements DecisionRequest<Set<DecidedOutput.Key>> {
        public DropOutput {
            Names.require("group", group);
            Objects.requireNonNull(by);
            committed = List.copyOf(Set.copyOf(committed));
        }

        @Override
        public LeaseOutcome<Set<DecidedOutput.Key>> answeredBy(Answers answers) {
            return answers.dropOutput(this);
        }
    }
}
