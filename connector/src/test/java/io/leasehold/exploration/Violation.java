package io.leasehold.exploration;

/** A promise is broken. */
final class Violation extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What is judged, by the names of the protocol. */
    enum Promise {
        S1_EXCLUSIVE,
        S2_FENCED,
        S5_STARTS_WHERE_THE_LAST_LET_GO,
        L1_L2_COMES_TO_REST
    }

    private final Promise promise;

    Violation(Promise promise, String what) {
        this("", promise, promise + ": " + what);
    }

    private Violation(String story, Promise promise, String what) {
        super(story + what, null, false, false);
        this.promise = promise;
    }

    /** The same, with how it came to that. */
    Violation after(String story) {
        return new Violation(story, promise, getMessage());
    }

    Promise promise() {
        return promise;
    }
}
