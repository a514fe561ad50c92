package io.leasehold.lease.member;

import io.leasehold.lease.member.RestoredPosition.Start;
import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.store.OwnershipRequest.Acquire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where one split of a member is. Each state says what becomes of the split by each thing that may
 * happen, so that the compiler misses what was forgotten.
 *
 * <pre>
 * state     what happens                                  next      action, and what the job is told
 * --------  --------------------------------------------  --------  ------------------------------------
 * Elsewhere the job's state holds it                      Restored
 * Restored  the job's state holds it                      Restored  where it starts stays, in one tenure
 * Held      the job's state holds it                      Restored  it needs a new epoch
 * Releasing the job's state holds it                      Releasing the release continues
 * Restored  it is asked for                               Restored  where it starts is decided
 * any       it is acquired                                Held      Acquired; TenureBroken
 * Held      its reader is gone                            Elsewhere
 * Held      it is not read here                           Elsewhere release
 * Held      it stands still in a completed checkpoint     Releasing release
 * Held      a claim on it is laid, changed, withdrawn     Held      Claimed; ClaimOver
 * Held      forced, and its row is not ours               Elsewhere nothing to write; Dropped
 * Held      read to its end                               Elsewhere nothing to write; Finished
 * Held      its row is not ours, or gone                  Elsewhere nothing to write; Lost
 * Restored  read to its end                               Elsewhere nothing to write; Finished
 * Restored  another live member owns it                   Elsewhere RestoredElsewhere
 * Releasing its row is not ours                           Elsewhere nothing to write; Dropped
 * Releasing its row is gone                               Elsewhere nothing to write; Restored if it was
 * </pre>
 *
 * <p>What is not in the table changes nothing.
 */
sealed interface OwnSplit {

    /** What becomes of a split, and what follows from it. */
    record Move(OwnSplit next, Write write, List<LeaseEvent> told) {}

    /** What becomes of what is to be written of a split. */
    enum Write {
        NOTHING_NEW,
        RELEASE,
        /** It would be refused. */
        NOTHING_MORE
    }

    /** The job's state holds it with a position. */
    OwnSplit restored(RestoredPosition at);

    /** It is asked for, to start there. */
    OwnSplit askedFor(Start start);

    /** It is acquired, and may be granted to readers. */
    default Move acquired(Acquire.Taken taken, LeaseEvent.Acquired.Way way) {
        Lease lease = taken.lease();
        Start start = restored().flatMap(Restored::start).orElse(Start.TABLE);
        boolean fromState = start == Start.STATE || start == Start.STATE_ANEW;
        List<LeaseEvent> told = new ArrayList<>();
        if (restored().isPresent() && start != Start.STATE && start != Start.DECIDED) {
            told.add(new LeaseEvent.TenureBroken(lease, taken.progress(), fromState));
        }
        told.add(new LeaseEvent.Acquired(lease, taken.progress(), fromState, way));
        return new Move(new Held(lease.epoch(), Optional.empty()), Write.NOTHING_NEW, told);
    }

    /** Its reader is gone, and its state has no position. */
    OwnSplit orphaned();

    /** Nobody here reads it in this epoch. */
    Move toBeReleased();

    /** It stands still, as of a completed checkpoint, in the position that it had in this epoch. */
    Move frozen(long epoch);

    /** How it is claimed now, by a member that is to be heeded. */
    Move claimed(String splitId, Optional<Claim> claim);

    /** Its row was read. */
    Move saw(SeenRow row);

    /** It has no row any more. */
    Move rowIsGone(String splitId);

    /** What the job's state says of it, where that is to be acquired. */
    default Optional<Restored> restored() {
        return Optional.empty();
    }

    /** The epoch in which it may be granted to readers, if it may. */
    default Optional<Long> heldIn() {
        return Optional.empty();
    }

    private static Move to(OwnSplit next) {
        return new Move(next, Write.NOTHING_NEW, List.of());
    }

    static Move over(LeaseEvent told) {
        return new Move(Elsewhere.IT, Write.NOTHING_MORE, List.of(told));
    }

    /** No reader may have it: what happens to readers and to owners does not concern it. */
    sealed interface NotHeld extends OwnSplit {

        @Override
        default OwnSplit orphaned() {
            return this;
        }

        @Override
        default Move toBeReleased() {
            return to(this);
        }

        @Override
        default Move frozen(long epoch) {
            return to(this);
        }

        @Override
        default Move claimed(String splitId, Optional<Claim> claim) {
            return to(this);
        }

        @Override
        default Move rowIsGone(String splitId) {
            OwnSplit next = restored().isPresent() ? restored().get() : Elsewhere.IT;
            return new Move(next, Write.NOTHING_MORE, List.of());
        }
    }

    /** It is not this member's, and its job's state does not hold it. */
    enum Elsewhere implements NotHeld {
        IT;

        @Override
        public OwnSplit restored(RestoredPosition at) {
            return new Restored(at, Optional.empty());
        }

        @Override
        public OwnSplit askedFor(Start start) {
            return this;
        }

        @Override
        public Move saw(SeenRow row) {
            return to(this);
        }
    }

    /**
     * The job's state holds it; it is to be acquired.
     *
     * @param start where it starts, once it was asked for
     */
    record Restored(RestoredPosition at, Optional<Start> start) implements NotHeld {

        @Override
        public Optional<Restored> restored() {
            return Optional.of(this);
        }

        @Override
        public Restored restored(RestoredPosition again) {
            return new Restored(again, start.filter(any -> again.tenure() == at.tenure()));
        }

        @Override
        public Restored askedFor(Start there) {
            return new Restored(at, Optional.of(there));
        }

        @Override
        public Move saw(SeenRow row) {
            if (row.lease().finished()) {
                return row.finished();
            }
            return row.otherOwner()
                    .map(
                            owner ->
                                    new Move(
                                            Elsewhere.IT,
                                            Write.NOTHING_NEW,
                                            List.of(
                                                    new LeaseEvent.RestoredElsewhere(
                                                            row.lease().splitId(), owner))))
                    .orElseGet(() -> to(this));
        }
    }

    /**
     * It may be granted to readers.
     *
     * @param told the claim that the job was told of, if there is one
     */
    record Held(long epoch, Optional<Claim> told) implements OwnSplit {

        @Override
        public Optional<Long> heldIn() {
            return Optional.of(epoch);
        }

        @Override
        public OwnSplit restored(RestoredPosition at) {
            return new Restored(at, Optional.empty());
        }

        @Override
        public OwnSplit askedFor(Start start) {
            return this;
        }

        @Override
        public OwnSplit orphaned() {
            return Elsewhere.IT;
        }

        @Override
        public Move toBeReleased() {
            return new Move(Elsewhere.IT, Write.RELEASE, List.of());
        }

        @Override
        public Move frozen(long in) {
            return in == epoch
                    ? new Move(new Releasing(epoch, Optional.empty()), Write.RELEASE, List.of())
                    : to(this);
        }

        @Override
        public Move claimed(String splitId, Optional<Claim> claim) {
            List<LeaseEvent> news = new ArrayList<>();
            if (told.isPresent() && !told.equals(claim) && (claim.isEmpty() || isForced())) {
                news.add(new LeaseEvent.ClaimOver(splitId, epoch));
            }
            claim.filter(now -> !told.equals(claim))
                    .ifPresent(now -> news.add(new LeaseEvent.Claimed(splitId, epoch, now)));
            return new Move(new Held(epoch, claim), Write.NOTHING_NEW, news);
        }

        private boolean isForced() {
            return told.filter(claim -> claim.kind() == Claim.Kind.FORCE).isPresent();
        }

        @Override
        public Move saw(SeenRow row) {
            boolean mine = row.isMine(epoch);
            if (isForced() && !mine) {
                return row.dropped(false);
            }
            if (row.lease().finished() && row.lease().epoch() == epoch) {
                return row.finished();
            }
            return mine ? to(this) : row.lost();
        }

        @Override
        public Move rowIsGone(String splitId) {
            return over(new LeaseEvent.Lost(splitId, "the lease table has no row of it any more"));
        }
    }

    /**
     * It is to be released, whatever becomes of the claim: a release that was sent may be carried
     * out at any later time, so that it must not be emitted in that epoch any more.
     *
     * @param restored what the job's state says of it, if it holds it anew meanwhile
     */
    record Releasing(long epoch, Optional<Restored> restored) implements NotHeld {

        @Override
        public OwnSplit restored(RestoredPosition at) {
            return new Releasing(
                    epoch,
                    Optional.of(
                            restored.map(before -> before.restored(at))
                                    .orElseGet(() -> new Restored(at, Optional.empty()))));
        }

        @Override
        public OwnSplit askedFor(Start start) {
            return new Releasing(epoch, restored.map(it -> it.askedFor(start)));
        }

        @Override
        public Move saw(SeenRow row) {
            if (!row.isMine(epoch)) {
                return row.dropped(true);
            }
            return row.lease().finished() && restored.isPresent() ? row.finished() : to(this);
        }
    }
}
