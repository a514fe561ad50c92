package io.leasehold.lease.model;

/**
 * From where a job resumes a split that the state it starts from holds: from the position in that
 * state, or from the recorded position in the lease table. Option {@code lease.restore}.
 *
 * <p>The rule is for what a job finds in its state when its enumerator starts: at a submission with
 * a savepoint or checkpoint, after the failure of a JobManager, and after a failure of the job as a
 * whole. A reader that fails alone continues as with {@link #AUTO}, whatever the rule.
 *
 * <p>Three things are the same with every rule. A split that another live member owns stays with
 * it, and the restored position is dropped: no rule takes a split from a job that reads it (S1),
 * and what comes from that job later, comes with that job's position (S5). A split that the table
 * says is finished is not read again. A lease that nobody was ever granted resumes from the state.
 */
public enum RestoreRule {
    /**
     * The state's position, as long as nobody else was granted the split since the state was taken;
     * then the table's. With it the state of a job and its source agree unless they cannot (S6).
     */
    AUTO,
    /**
     * Always the state's position: to go back in time on purpose, whoever has read on since. The
     * position in the table goes back with it, in a new tenure, so that state taken by others, or
     * by this job before, is known to be of another line from then on. Meant for one start: later
     * starts follow it too.
     */
    STATE,
    /**
     * The recorded position wherever somebody was granted the split before: for state whose
     * positions are of no use. What this job has emitted since it was last recorded is emitted
     * again, at every start by that rule, though its state knows it. Meant for one start.
     */
    TABLE,
    /**
     * As {@link #AUTO}, but where that would resume from the table the job fails at its start, and
     * nothing is changed in the table.
     */
    FAIL
}
