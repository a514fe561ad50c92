package io.leasehold.store.jdbc;

/** The group does not remember the change that the sender of a request has seen last. */
final class OtherHistoryException extends Exception {

    private static final long serialVersionUID = 1L;

    private final long seen;
    private final long found;

    /**
     * @param seen the change number that the sender has seen
     * @param found the group's; 0 if there is no group
     */
    OtherHistoryException(long seen, long found) {
        this.seen = seen;
        this.found = found;
    }

    long seen() {
        return seen;
    }

    long found() {
        return found;
    }
}
