package io.leasehold.lease.member;

import io.leasehold.lease.model.ChangeNumber;
import io.leasehold.lease.store.SplitRequest.Read;

/** How far one member has followed a group's changes. */
final class SeenHistory {

    /** Up to which change the leases are known; 0 if all of them are to be read. */
    private long knownChange;

    /**
     * The change number of the last answer; 0 before the first. All that is known of the group is
     * of this history: a table of another one answers so.
     */
    private long seen;

    long seen() {
        return seen;
    }

    /** Whether the leases are known up to the last answer. */
    boolean isKnown() {
        return knownChange == seen;
    }

    /** What is to be read for the leases to be known. */
    Read toRead(String group) {
        return new Read(group, knownChange, seen);
    }

    /**
     * An answer showed this change number. If more changes have passed than a group remembers,
     * nobody knows whether it is the same history: then all is read.
     */
    void saw(long changeNumber) {
        if (ChangeNumber.isForgotten(seen, changeNumber)) {
            doubt();
        }
        seen = changeNumber;
    }

    /** All leases are to be read. */
    void doubt() {
        knownChange = 0;
    }

    /** That was read, and answered with this change number. */
    void read(Read read, long changeNumber) {
        boolean forgotten = ChangeNumber.isForgotten(seen, changeNumber);
        seen = changeNumber;
        knownChange = forgotten && read.since() != 0 ? 0 : changeNumber;
    }

    /**
     * A change of this member's own, whose rows it was answered with. Seen it is in any case: who
     * has a lease by it must notice if it is lost. If there was no other change, it need not be
     * read.
     */
    void made(long changeNumber) {
        boolean next = ChangeNumber.countOf(changeNumber) == ChangeNumber.countOf(seen) + 1;
        if (isKnown() && next) {
            knownChange = changeNumber;
        }
        seen = changeNumber;
    }
}
