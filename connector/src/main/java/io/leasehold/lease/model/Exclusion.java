package io.leasehold.lease.model;

/**
 * Why a member cannot read a split, as it says in the split's row: nobody's plan gives it to it.
 */
public enum Exclusion {
    /** Its source does not find the split, and its job's state does not hold it. */
    NOT_FOUND("its source does not find the split"),
    /** It cannot decode the recorded position. */
    UNREADABLE("it cannot read the recorded position");

    private final String text;

    Exclusion(String text) {
        this.text = text;
    }

    /** For people, after the name of the member. */
    public String text() {
        return text;
    }
}
