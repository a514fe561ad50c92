package io.leasehold.source.book;

import io.leasehold.lease.member.LeaseKeeper;
import io.leasehold.lease.model.LeaseTerms;

import java.time.Duration;
import java.util.OptionalLong;

/** For how long readers may emit. */
final class Grants<S> {

    private final BookedSplits<S> splits;
    private final ReaderAttempts attempts;
    private final LeaseKeeper keeper;

    Grants(BookedSplits<S> splits, ReaderAttempts attempts, LeaseKeeper keeper) {
        this.splits = splits;
        this.attempts = attempts;
        this.keeper = keeper;
    }

    /** For how long a reader attempt that asks now may emit; zero if it may not. */
    Duration granted(int subtask, String readerId, JobView job) {
        if (!attempts.isCurrent(subtask, readerId)
                || !job.registered().contains(subtask)
                || attempts.isToStop(subtask)
                || (splits.countOf(subtask) == 0 && moreMayCome())) {
            return Duration.ZERO;
        }
        Duration granted = keeper.extendFor(job.now());
        if (!granted.isZero()) {
            attempts.granted(subtask, job.now() + LeaseTerms.byAnotherClock(granted).toNanos());
        }
        return granted;
    }

    /**
     * Whether splits are on their way to readers. One that has none takes a grant for the word that
     * it gets none for now, and says that it is idle: event time would advance without a split that
     * it had before a failure and is about to get again.
     */
    private boolean moreMayCome() {
        return splits.anyWaits() || !keeper.settled();
    }

    /** How long the longest grant still runs of an attempt that is not known to be closed. */
    Duration stillRun(long now) {
        OptionalLong until = attempts.lastSilence();
        return until.isPresent()
                ? Duration.ofNanos(Math.max(0, until.getAsLong() - now))
                : Duration.ZERO;
    }
}
