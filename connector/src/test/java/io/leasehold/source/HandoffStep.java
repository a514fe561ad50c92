package io.leasehold.source;

import io.leasehold.source.WatchedJob.Place;

/** How far a handoff has come, and what holds it there. In the order of their coming. */
enum HandoffStep {
    CLAIM_SEEN_BY_ITS_OWNER {
        @Override
        void holdUp(WatchedJob owner, WatchedJob claimant) {
            owner.at(Place.CLAIM_ANSWER).shut();
        }

        @Override
        boolean isReached(WatchedJob owner, WatchedJob claimant) {
            return owner.at(Place.CLAIM_ANSWER).holdsSomebody() && !owner.anyAsked();
        }
    },
    READER_ASKED_TO_FREEZE {
        @Override
        void holdUp(WatchedJob owner, WatchedJob claimant) {
            owner.refuseCheckpoints();
        }

        @Override
        boolean isReached(WatchedJob owner, WatchedJob claimant) {
            return owner.anyAsked() && !owner.anyFrozen();
        }

        @Override
        boolean holdsCheckpoints() {
            return true;
        }
    },
    FROZEN_IN_A_CHECKPOINT_UNDER_WAY {
        @Override
        void holdUp(WatchedJob owner, WatchedJob claimant) {
            owner.holdCheckpointsOnceClaimed();
        }

        @Override
        boolean isReached(WatchedJob owner, WatchedJob claimant) {
            return owner.at(Place.CHECKPOINT_END).holdsSomebody()
                    && owner.anyFrozen()
                    && !owner.anyLetGo();
        }

        @Override
        boolean holdsCheckpoints() {
            return true;
        }
    },
    CLAIM_WITHDRAWN_AFTER_THE_FREEZE {
        @Override
        void holdUp(WatchedJob owner, WatchedJob claimant) {
            owner.holdCheckpointsOnceClaimed();
        }

        @Override
        boolean isReached(WatchedJob owner, WatchedJob claimant) {
            return owner.at(Place.CHECKPOINT_END).holdsSomebody() && owner.anyThawed();
        }

        @Override
        boolean holdsCheckpoints() {
            return true;
        }
    },
    CHECKPOINT_COMPLETE_AND_NOT_RELEASED {
        @Override
        void holdUp(WatchedJob owner, WatchedJob claimant) {
            owner.at(Place.RELEASE_REQUEST).shut();
        }

        @Override
        boolean isReached(WatchedJob owner, WatchedJob claimant) {
            return owner.at(Place.RELEASE_REQUEST).holdsSomebody();
        }
    },
    CHECKPOINT_COMPLETE_AND_RELEASE_LOST {
        @Override
        void holdUp(WatchedJob owner, WatchedJob claimant) {
            owner.loseReleases();
        }

        @Override
        boolean isReached(WatchedJob owner, WatchedJob claimant) {
            return owner.anyReleaseLost() && !owner.anyLetGo();
        }

        @Override
        boolean lastsToTheEndOfTheEnumerator() {
            return true;
        }
    },
    RELEASED_AND_READER_NOT_TOLD {
        @Override
        void holdUp(WatchedJob owner, WatchedJob claimant) {
            owner.at(Place.RELEASE_ANSWER).shut();
        }

        @Override
        boolean isReached(WatchedJob owner, WatchedJob claimant) {
            return owner.at(Place.RELEASE_ANSWER).holdsSomebody() && !owner.anyLetGo();
        }
    },
    RELEASED_AND_NOT_ACQUIRED {
        @Override
        void holdUp(WatchedJob owner, WatchedJob claimant) {
            claimant.at(Place.ACQUIRE_REQUEST).shut();
        }

        @Override
        boolean isReached(WatchedJob owner, WatchedJob claimant) {
            return claimant.at(Place.ACQUIRE_REQUEST).holdsSomebody() && owner.anyLetGo();
        }
    },
    ACQUIRED_AND_NOT_ASSIGNED {
        @Override
        void holdUp(WatchedJob owner, WatchedJob claimant) {
            claimant.at(Place.ACQUIRE_ANSWER).shut();
        }

        @Override
        boolean isReached(WatchedJob owner, WatchedJob claimant) {
            return claimant.at(Place.ACQUIRE_ANSWER).holdsSomebody();
        }
    };

    /** To be called before the claimant comes. */
    abstract void holdUp(WatchedJob owner, WatchedJob claimant);

    /** Whether it has come so far, and no further. */
    abstract boolean isReached(WatchedJob owner, WatchedJob claimant);

    /** Whether no checkpoint of the owner completes while it is held there. */
    boolean holdsCheckpoints() {
        return false;
    }

    /** Whether it is not to go on with what the owner's enumerator says at its end. */
    boolean lastsToTheEndOfTheEnumerator() {
        return false;
    }
}
