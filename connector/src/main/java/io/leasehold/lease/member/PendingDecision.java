package io.leasehold.lease.member;

import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.store.DecisionRequest.Decide;
import io.leasehold.lease.store.DecisionRequest.Decide.DecidedSplit;
import io.leasehold.lease.store.DecisionRequest.Decide.Then;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The completed checkpoints that a member has still to decide, and the request for that: once made
 * it stays as it is until it is answered. What completes meanwhile is decided by the next one.
 */
final class PendingDecision {

    private final GroupView view;
    private final CommittedOutput committed;
    private final UndecidedCheckpoints completed = new UndecidedCheckpoints();
    private Optional<Decide> request = Optional.empty();

    /** The last checkpoint that the job was asked the output of. */
    private OptionalLong asked = OptionalLong.empty();

    /**
     * Splits that a decision finishes, and the epochs. Readers report them, and their rows say
     * nothing of it, until they are read again.
     */
    private final Map<String, Long> finished = new HashMap<>();

    PendingDecision(GroupView view, CommittedOutput committed) {
        this.view = view;
        this.committed = committed;
    }

    /** See {@link MemberOutput#completed}. */
    void completed(DecidedCheckpoint checkpoint, Collection<DecidedSplit> splits) {
        List<DecidedSplit> fresh = splits.stream().filter(split -> !isFinished(split)).toList();
        for (DecidedSplit split : fresh) {
            switch (split.then()) {
                case OWNED -> {}
                case RELEASED -> view.own.standsStill(split.splitId(), split.epoch());
                case FINISHED -> finished.put(split.splitId(), split.epoch());
            }
        }
        completed.completed(checkpoint, fresh);
    }

    private boolean isFinished(DecidedSplit split) {
        return finished.getOrDefault(split.splitId(), 0L) == split.epoch();
    }

    /** See {@link MemberOutput#prepared}. */
    void prepared(long checkpointId, Map<String, byte[]> output) {
        completed.prepared(checkpointId, output);
    }

    /** The last completed checkpoint that is in no request yet. */
    OptionalLong last() {
        return completed.last();
    }

    boolean isEmpty() {
        return request.isEmpty() && completed.isEmpty();
    }

    /** See {@link MemberOutput#outputToAsk}. */
    OptionalLong outputToAsk() {
        OptionalLong next = request.isPresent() ? OptionalLong.empty() : completed.last();
        if (next.isEmpty() || next.equals(asked)) {
            return OptionalLong.empty();
        }
        asked = next;
        return next;
    }

    /** Those of these that are owned still when what is to be decided is. */
    Map<String, Long> notFinished(Map<String, Long> owned) {
        finished.entrySet().removeIf(split -> !split.getValue().equals(owned.get(split.getKey())));
        Map<String, Long> left = new HashMap<>(owned);
        left.keySet().removeAll(finished.keySet());
        return left;
    }

    Optional<Decide> request() {
        return request;
    }

    /**
     * Makes the request for all that can be decided now, if there is none.
     *
     * @throws IllegalArgumentException if it is too large
     */
    void make() {
        if (request.isEmpty()) {
            completed.next().ifPresent(all -> make(all.checkpoint(), all.splits(), all.output()));
        }
    }

    /**
     * @throws IllegalArgumentException if it is too large
     */
    void make(
            DecidedCheckpoint checkpoint,
            Collection<DecidedSplit> splits,
            Map<String, byte[]> output) {
        request =
                Optional.of(
                        new Decide(
                                view.group,
                                view.me,
                                checkpoint,
                                List.copyOf(splits),
                                output,
                                committed.all(),
                                view.history.seen()));
    }

    /** The request took effect. */
    void decided() {
        Decide decide = request.orElseThrow();
        committed.wrote(decide.committed());
        view.outdatedIf(decide.splits().stream().anyMatch(split -> split.then() != Then.OWNED));
        request = Optional.empty();
    }

    /** The request was rejected. */
    void rejected() {
        request = Optional.empty();
    }

    /** Nothing is decided any more. */
    void clear() {
        completed.clear();
    }
}
