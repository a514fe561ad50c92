package io.leasehold.lease.member;

import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.Decisions;
import io.leasehold.lease.model.Incarnation;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * How the checkpoint that a job is restored from stands, by what the table says that its member has
 * decided.
 *
 * <pre>
 * the checkpoint                                              verdict
 * ----------------------------------------------------------  ---------------
 * there is none, or its state was written without a line      Unknown
 * another member took it                                      OfAnotherMember
 * it is decided, or covered by a later one                    IsDecided
 * its incarnation is not sealed                               CanBeDecided
 * a later incarnation of the member has decided since         IsOlder
 * else: it is not decided, and its incarnation is sealed      IsVoid
 * </pre>
 *
 * <p>Ids of checkpoints are compared within one incarnation, and incarnations have no order. That a
 * later one has decided shows in that the incarnation that decided last is neither the one that
 * took the checkpoint, nor the one that had decided last when it did.
 */
public sealed interface RestoredVerdict {

    /** Nothing is known of it: whatever output waits for it, none of it can be decided. */
    record Unknown() implements RestoredVerdict {
        @Override
        public boolean isVoid() {
            return true;
        }
    }

    /** What of its output is to be committed, that member's rows say. */
    record OfAnotherMember(DecidedCheckpoint checkpoint) implements RestoredVerdict {
        @Override
        public OptionalLong decided() {
            return OptionalLong.of(checkpoint.checkpointId());
        }
    }

    /** Its output is decided. */
    record IsDecided(DecidedCheckpoint checkpoint) implements RestoredVerdict {
        @Override
        public OptionalLong decided() {
            return OptionalLong.of(checkpoint.checkpointId());
        }
    }

    /**
     * It can be decided late.
     *
     * @param decided the checkpoint before it that its incarnation decided last
     */
    record CanBeDecided(RestoredCheckpoint checkpoint, OptionalLong decided)
            implements RestoredVerdict {}

    /** It was judged long ago: the table's rows alone say what of its output is to be committed. */
    record IsOlder(DecidedCheckpoint checkpoint) implements RestoredVerdict {
        @Override
        public OptionalLong decided() {
            return OptionalLong.of(checkpoint.checkpointId());
        }
    }

    /**
     * It was never decided and never can be.
     *
     * @param decided as for {@link CanBeDecided}
     */
    record IsVoid(DecidedCheckpoint checkpoint, OptionalLong decided) implements RestoredVerdict {
        @Override
        public boolean isVoid() {
            return true;
        }
    }

    /** The last checkpoint, up to the restored one, whose output the state does not speak for. */
    default OptionalLong decided() {
        return OptionalLong.empty();
    }

    /** Whether output that waits for the restored checkpoint can never be decided. */
    default boolean isVoid() {
        return false;
    }

    /**
     * @param memberId the member that is restored from it
     * @param decisions what that member has decided, read since it joined
     */
    static RestoredVerdict of(
            Optional<RestoredCheckpoint> restored, String memberId, Decisions decisions) {
        if (restored.isEmpty()) {
            return new Unknown();
        }
        DecidedCheckpoint checkpoint = restored.get().checkpoint();
        Incarnation earlier = checkpoint.incarnation();
        if (!earlier.memberId().equals(memberId)) {
            return new OfAnotherMember(checkpoint);
        }
        if (decisions.cover(checkpoint)) {
            return new IsDecided(checkpoint);
        }
        Optional<DecidedCheckpoint> ofTheSame =
                decisions.last().filter(last -> last.incarnation().equals(earlier));
        OptionalLong before =
                ofTheSame
                        .map(last -> OptionalLong.of(last.checkpointId()))
                        .orElse(OptionalLong.empty());
        if (!decisions.isSealed(earlier)) {
            return new CanBeDecided(restored.get(), before);
        }
        boolean nothingSince =
                decisions.last().isEmpty()
                        || ofTheSame.isPresent()
                        || decisions
                                .last()
                                .map(DecidedCheckpoint::incarnation)
                                .equals(
                                        restored.get()
                                                .lastDecided()
                                                .map(DecidedCheckpoint::incarnation));
        return nothingSince ? new IsVoid(checkpoint, before) : new IsOlder(checkpoint);
    }
}
