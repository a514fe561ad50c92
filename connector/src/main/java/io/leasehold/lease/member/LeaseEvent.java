package io.leasehold.lease.member;

import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.model.RestoreRule;

import java.util.Optional;
import java.util.Set;

/** What a {@link LeaseKeeper} has learnt, for whoever runs the readers. */
public sealed interface LeaseEvent {

    /** Takes events in; one method per event, so that none can be forgotten. */
    interface Listener {
        void learnt(Waits event);

        void learnt(Joined event);

        void learnt(Known event);

        void learnt(Acquired event);

        void learnt(TenureBroken event);

        void learnt(RestoreRefused event);

        void learnt(Lost event);

        void learnt(RestoredElsewhere event);

        void learnt(Claimed event);

        void learnt(ClaimOver event);

        void learnt(Dropped event);

        void learnt(NothingInCommon event);

        void learnt(Unassigned event);

        void learnt(MembersForgotten event);

        void learnt(Finished event);

        void learnt(Unreadable event);

        void learnt(ClosedByOthers event);

        void learnt(TableWentBack event);

        void learnt(SinkShared event);

        void learnt(OfOutput event);
    }

    void reach(Listener listener);

    /** An earlier incarnation under the same member id may be alive; it is waited for. */
    record Waits(Member elder) implements LeaseEvent {
        @Override
        public void reach(Listener listener) {
            listener.learnt(this);
        }
    }

    /** The member's row is in the table; from now on it counts in everybody's plan. */
    record Joined() implements LeaseEvent {
        @Override
        public void reach(Listener listener) {
            listener.learnt(this);
        }
    }

    /** Discovered splits have a lease now, or had one before. */
    record Known(Set<String> splitIds) implements LeaseEvent {
        @Override
        public void reach(Listener listener) {
            listener.learnt(this);
        }
    }

    /**
     * A split may be granted to a reader.
     *
     * @param lease the row, with the epoch to grant under
     * @param progress what the table says of its position
     * @param fromState whether the position in this job's own state is the one to start from; if
     *     not, it is the recorded one
     * @param way how it came to this member
     */
    record Acquired(Lease lease, Progress progress, boolean fromState, Way way)
            implements LeaseEvent {
        @Override
        public void reach(Listener listener) {
            listener.learnt(this);
        }

        /** How a split comes to a member. */
        public enum Way {
            /** It was nobody's, and nobody released it for this member. */
            FREE,
            /** It was this member's already, in an earlier epoch or incarnation. */
            AGAIN,
            /** Its owner released it for this member. */
            HANDOFF,
            /** Its owner, another member, had not released it: it is over, or it was forced. */
            TAKEOVER;

            /**
             * @param before the lease as it was when it was acquired
             */
            static Way from(Lease before, Incarnation me) {
                if (before.ownerId().isPresent()) {
                    return before.ownerId().get().equals(me.memberId()) ? AGAIN : TAKEOVER;
                }
                return before.claim()
                        .filter(claim -> claim.claimant().equals(me.memberId()))
                        .map(mine -> HANDOFF)
                        .orElse(FREE);
            }
        }
    }

    /**
     * A split in this job's state is about to be {@link Acquired}, and not in the tenure that its
     * position was reached in: another member was granted it since that state was taken, or the
     * rule says so. It resumes from one of the two positions only.
     *
     * @param lease the row, in its new tenure
     * @param progress what the table says of its position
     * @param fromState whether it resumes from the state's position; if not, from the recorded one
     */
    record TenureBroken(Lease lease, Progress progress, boolean fromState) implements LeaseEvent {
        @Override
        public void reach(Listener listener) {
            listener.learnt(this);
        }
    }

    /**
     * A split in this job's state would resume from the table, which {@link RestoreRule#FAIL}
     * forbids: the job is to fail. Nothing was acquired.
     *
     * @param lease the row as it is
     * @param progress what the table says of its position, if it says anything
     */
    record RestoreRefused(Lease lease, Optional<Progress> progress) implements LeaseEvent {
        @Override
        public void reach(Listener listener) {
            listener.learnt(this);
        }
    }

    /** A split this member held is not its own any more; its readers must stop at once. */
    record Lost(String splitId, String why) implements LeaseEvent {
        @Override
        public void reach(Listener listener) {
            listener.learnt(this);
        }
    }

    /**
     * A split in this job's state is held by another live member: that position is of no use any
     * more.
     */
    record RestoredElsewhere(String splitId, Incarnation owner) implements LeaseEvent {
        @Override
        public void reach(Listener listener) {
            listener.learnt(this);
        }
    }

    /**
     * Another member has claimed a split that this one holds. Where it asks, the readers read on to
     * the next checkpoint, and when that is complete it is {@link MemberSplits#frozen}. Where it
     * forces, no grant may be given any more to a reader that may emit the split.
     */
    record Claimed(String splitId, long epoch, Claim claim) implements LeaseEvent {
        @Override
        public void reach(Listener listener) {
            listener.learnt(this);
        }
    }

    /** A claim that was told of is over, and the split is still ours: its reader may resume. */
    record ClaimOver(String splitId, long epoch) implements LeaseEvent {
        @Override
        public void reach(Listener listener) {
            listener.learnt(this);
        }
    }

    /**
     * A split that was frozen, or forced, is not ours any more: nobody's state need hold it.
     *
     * @param released whether this member released it; if not, it was taken by force
     */
    record Dropped(String splitId, boolean released) implements LeaseEvent {
        @Override
        public void reach(Listener listener) {
            listener.learnt(this);
        }
    }

    /**
     * Another live member finds none of the splits that this one finds, and the other way round:
     * two jobs share the group that should not.
     *
     * @param memberId this member
     * @param mine a split that only this member finds
     * @param theirs a split that only the other finds
     */
    record NothingInCommon(String memberId, String otherId, String mine, String theirs)
            implements LeaseEvent {
        @Override
        public void reach(Listener listener) {
            listener.learnt(this);
        }
    }

    /**
     * How many splits nobody holds and no member can read, or has room for, has changed: they are
     * not read.
     */
    record Unassigned(int splits) implements LeaseEvent {
        @Override
        public void reach(Listener listener) {
            listener.learnt(this);
        }
    }

    /** The rows of members that were closed long ago were deleted. */
    record MembersForgotten(Set<String> memberIds) implements LeaseEvent {
        @Override
        public void reach(Listener listener) {
            listener.learnt(this);
        }
    }

    /** A split was recorded as finished. */
    record Finished(String splitId) implements LeaseEvent {
        @Override
        public void reach(Listener listener) {
            listener.learnt(this);
        }
    }

    /** A split's row cannot be decoded. It is left alone; the others are read on. */
    record Unreadable(String splitId, String why) implements LeaseEvent {
        @Override
        public void reach(Listener listener) {
            listener.learnt(this);
        }
    }

    /** This incarnation was closed by others, or its member id lives elsewhere. */
    record ClosedByOthers(String why) implements LeaseEvent {
        @Override
        public void reach(Listener listener) {
            listener.learnt(this);
        }
    }

    /**
     * The table lost changes that this member has seen: this incarnation is over, and no reader may
     * emit any more.
     *
     * @param why for people: which changes
     * @param lost for the next incarnation in this process
     */
    record TableWentBack(String group, Incarnation me, String why, LostHistory lost)
            implements LeaseEvent {
        @Override
        public void reach(Listener listener) {
            listener.learnt(this);
        }
    }

    /** Another member's sinks write under a name that this one's have: this incarnation is over. */
    record SinkShared(String why) implements LeaseEvent {
        @Override
        public void reach(Listener listener) {
            listener.learnt(this);
        }
    }

    /** Something of output that is decided. */
    record OfOutput(OutputEvent event) implements LeaseEvent {
        @Override
        public void reach(Listener listener) {
            listener.learnt(this);
        }
    }
}
