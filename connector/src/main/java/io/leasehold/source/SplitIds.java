package io.leasehold.source;

/**
 * What a person states about the split ids of a source that is not known here. There is one thing
 * to state: a source whose ids are anything else cannot be leased.
 */
public enum SplitIds {

    /**
     * Each id names the same part of the queue in every job of the group and at all times: it does
     * not count what one job has found, and does not depend on parallelism, on the time, or on the
     * order in which a job looks.
     */
    STABLE
}
