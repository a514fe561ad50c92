package io.leasehold.source.reader;

/** The way on which a reader asks its enumerator for grants. */
public interface GrantLine {

    /** Told of an answer, on the asking thread. */
    interface Granted {

        /** The reader may emit for so long from when it asked, by its own clock. */
        void until(long askedAt, long nanos);
    }

    /**
     * Asks once, and waits for the answer at most until the reader is to ask again. On the asking
     * thread, which may be interrupted. That nobody answers is no failure.
     *
     * @param askedAt the reader's own monotonic time
     */
    void ask(long askedAt, Granted granted);

    /**
     * Says that the reader emits nothing any more, and waits until it is sent no events any more,
     * at most until the asking thread is interrupted.
     */
    void closing();
}
