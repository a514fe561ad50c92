package io.leasehold.source.enumerator;

import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.util.FlinkRuntimeException;

import java.util.List;

/**
 * Stands for an enumerator that could not be restored, and fails the job when it is started.
 *
 * <p>Flink restores an enumerator on a thread of its own, maybe before the JobMaster has started.
 * It loses an exception that is thrown there so early, and an {@link Error} at any time
 * (RecreateOnResetOperatorCoordinator): the job then neither runs nor fails. What the start throws
 * reaches the job.
 */
public final class FailedEnumerator<SplitT extends SourceSplit, CheckpointT>
        implements SplitEnumerator<SplitT, CheckpointT> {

    private final Throwable why;

    /**
     * @param why why it could not be restored
     */
    public FailedEnumerator(Throwable why) {
        this.why = why;
    }

    /** Throws what restoring has thrown; around a checked exception or an error, with its words. */
    @Override
    public void start() {
        if (why instanceof VirtualMachineError error) {
            throw error;
        }
        throw new FlinkRuntimeException("The enumerator could not be restored: " + said(), why);
    }

    private String said() {
        return why instanceof Exception && why.getMessage() != null
                ? why.getMessage()
                : why.toString();
    }

    @Override
    public void handleSplitRequest(int subtask, String requesterHostname) {
        // The job is failing.
    }

    @Override
    public void addSplitsBack(List<SplitT> splits, int subtask) {
        // The job is failing.
    }

    @Override
    public void addReader(int subtask) {
        // The job is failing.
    }

    /** Throws, so that no checkpoint replaces the one that could not be read. */
    @Override
    public CheckpointT snapshotState(long checkpointId) {
        throw new IllegalStateException("The enumerator could not be restored.", why);
    }

    @Override
    public void close() {
        // It has nothing.
    }
}
