package io.leasehold.source;

/** Who says what output of a job is committed. */
public enum OutputCommits {
    /**
     * Nobody: the job's sinks commit by themselves, as Flink tells them. A takeover starts at a
     * recorded position, and what a job that died has committed behind it appears twice.
     */
    NONE,
    /**
     * The lease table: output of a completed checkpoint is committed only when the checkpoint is
     * decided there, together with the positions of its splits. For jobs whose sinks are leased.
     */
    DECIDED
}
