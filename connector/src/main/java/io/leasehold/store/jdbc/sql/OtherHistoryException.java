package io.leasehold.store.jdbc.sql;

import io.leasehold.lease.model.ChangeNumber;

/** The group does not remember the change that the sender of a request has seen last. */
public final class OtherHistoryException extends Exception {

    private static final long serialVersionUID = 1L;

    private final long seen;
    private final long found;

    /**
     * @param seen the change number that the sender has seen
     * @param found the group's; 0 if there is no group
     */
    public OtherHistoryException(long seen, long found) {
        this.seen = seen;
        this.found = found;
    }

    /**
     * @param inLine whether the group remembers the change number that was seen
     * @throws OtherHistoryException if it should remember that and does not
     */
    public static void unless(long seen, long found, boolean inLine) throws OtherHistoryException {
        if (ChangeNumber.wentBack(seen, found, inLine)) {
            throw new OtherHistoryException(seen, found);
        }
    }

    public long seen() {
        return seen;
    }

    public long found() {
        return found;
    }
}
