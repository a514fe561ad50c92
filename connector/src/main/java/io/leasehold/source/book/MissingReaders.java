package io.leasehold.source.book;

import io.leasehold.lease.member.LeaseKeeper;
import io.leasehold.lease.member.ReaderAbsence;
import io.leasehold.lease.model.Progress;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/** Gives a member's splits up where its readers do not come: others may read them. */
final class MissingReaders<S> {

    private final Pages<S> pages;
    private final Grants<S> grants;
    private final LeaseKeeper keeper;
    private final ReaderAbsence absence;

    /** Whether readers have been missing for too long. */
    private boolean away;

    MissingReaders(Pages<S> pages, Grants<S> grants, ReaderAbsence absence) {
        this.pages = pages;
        this.grants = grants;
        this.keeper = pages.keeper();
        this.absence = absence;
    }

    void look(JobView job, Outbox<S> out) {
        int wanted = job.parallelism();
        int registered = Math.min(wanted, job.registered().size());
        boolean allThere = registered == wanted && pages.attempts().count() >= wanted;
        Duration timeout = absence.timeout();
        if (!absence.isTooLong(allThere, job.now())) {
            if (away) {
                away = false;
                out.inform("All readers are there: this member takes splits again.");
                keeper.readersAreBack();
            }
            return;
        }
        String why =
                "%s of %s readers have been missing for %s s: no splits are taken until all are there"
                        .formatted(wanted - registered, wanted, timeout.toSeconds());
        if (!away) {
            away = true;
            out.warn("This member gives its splits up: %s.".formatted(why));
            keeper.withoutReaders(why);
        }
        if (grants.stillRun(job.now()).isZero() && keeper.splits().heldCount() > 0) {
            releaseAll(why, out);
        }
    }

    /**
     * No reader has a grant. Positions that are withheld here stay, and are used if nobody else is
     * granted the split in between; readers bring theirs when they come. What no reader was given
     * is recorded where this job's state has it: no checkpoint knows of the epoch that ends, and
     * the next life would take it for another's.
     */
    private void releaseAll(String why, Outbox<S> out) {
        LeaseNews<S> news = new LeaseNews<>(pages, out);
        pages.splits()
                .bySubtask(pages.attempts().subtasks())
                .values()
                .forEach(held -> held.forEach(splitId -> news.lost(splitId, why)));
        if (out.fails()) {
            // The next incarnation resumes what this one owns, from its checkpoint.
            return;
        }
        keeper.splits().releaseAll(notGiven());
        pages.comebacks().acquireAllAnew();
    }

    private Map<String, Progress> notGiven() {
        return pages.splits().waiting().stream()
                .flatMap(splitId -> pages.splits().withheld(splitId).stream())
                .collect(
                        Collectors.toMap(
                                PositionedSplit::splitId,
                                split -> pages.codec().lease(split.split()).start()));
    }
}
