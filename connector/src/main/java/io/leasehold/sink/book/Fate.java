package io.leasehold.sink.book;

/**
 * What became of decided output. It is asked for after a commit that failed or was not answered:
 * the exceptions of such a commit do not tell.
 */
public enum Fate {

    /** Readers of committed output see it, or will without anybody's doing. Its row may go. */
    COMMITTED,

    /** It is still prepared. Committing it again may succeed. */
    OPEN,

    /** It was aborted or has timed out. It cannot be committed any more: the job must fail. */
    LOST,

    /**
     * Its transaction is over, and the transaction's name has been used again since. Whether it was
     * committed can no longer be read.
     *
     * <p>A writer of a leased sink uses the name of decided output again only after that output was
     * committed. So this is the usual answer for output of an incarnation that is over, whose
     * writer had committed it and written more; there it counts as committed. A task that is told
     * this of output it has prepared itself has broken that rule, or somebody else uses its names:
     * it must fail.
     */
    SUPERSEDED,

    /** The other system did not answer, or knows nothing of it. Ask again later. */
    UNKNOWN
}
