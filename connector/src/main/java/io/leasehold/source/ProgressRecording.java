package io.leasehold.source;

/** When the positions of a checkpoint are written to the lease table, for whoever takes over. */
public enum ProgressRecording {
    /**
     * Those of checkpoint N once N+1 is complete. A transactional sink commits what belongs to N
     * only after N is complete; a job killed in between never does, and if its positions were
     * recorded already, the next owner would start behind records that nobody sees. One checkpoint
     * later the commit is certain. A takeover replays up to two checkpoint intervals.
     */
    ONE_BEHIND,
    /**
     * Those of checkpoint N once N is complete: for sinks that have written everything when a
     * checkpoint completes, such as at-least-once and idempotent ones. A takeover replays up to one
     * checkpoint interval.
     */
    AT_ONCE
}
