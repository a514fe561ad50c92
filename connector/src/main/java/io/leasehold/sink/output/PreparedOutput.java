package io.leasehold.sink.output;

import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.core.io.SimpleVersionedSerializer;

import java.io.Serializable;
import java.time.Duration;

/**
 * What a leased sink must know of one kind of two-phase sink. It is part of the job's graph, and
 * used in TaskManagers and in the JobManager.
 *
 * <p>The sink prepares output and does not commit it. The lease table decides which output is
 * committed, and then any job may commit it, any number of times. A kind of sink fits only if all
 * of this holds:
 *
 * <ul>
 *   <li>The bytes of a committable are enough to commit it: from another process, while the writer
 *       that prepared it lives or after it has died, and again after it has been committed.
 *   <li>Preparing ends with the committable. Nothing between it and the committer changes it.
 *   <li>A writer that starts may abort what it finds open under its prefix. So none is created
 *       before everything decided of that prefix is committed.
 *   <li>A restored writer never touches the committables of the checkpoint it is restored from.
 *       They may be decided after it has started.
 *   <li>What is prepared can be told from what others prepare by a prefix.
 * </ul>
 *
 * <p>Instances are immutable, and safe for use by several threads.
 *
 * @param <IN> what the sink is given
 * @param <CommT> its committables; each stands for one piece of prepared output of one subtask
 */
public interface PreparedOutput<IN, CommT> extends Serializable {

    /**
     * The sink, whose transactions have names that begin with the prefix.
     *
     * @return a sink that implements {@link SupportsCommitter} for {@code CommT}; a new one each
     *     time
     */
    Sink<IN> sink(TransactionPrefix prefix);

    /**
     * Whether state of a writer belongs to writers of this prefix. State of another member or line
     * is dropped before a writer is restored: its writer would end the transactions of that member,
     * which may be alive.
     *
     * @param writerState what the sink's writer state serializer has read
     */
    boolean isStateOf(TransactionPrefix prefix, Object writerState);

    /**
     * Writes committables for the lease table and reads those of other jobs, which may run an older
     * or a newer version of the sink. It refuses what it cannot read with an {@link
     * java.io.IOException}.
     */
    SimpleVersionedSerializer<CommT> serializer();

    /** What the user named the sink's transactions: {@link TransactionPrefix#base()}. */
    String base();

    /**
     * How long the other system keeps prepared output at least, counted from its first record: then
     * it aborts it.
     */
    Duration keptFor();

    /**
     * Prepares a connection to the other system. Does not connect yet, so it does not fail if the
     * system is away.
     *
     * @param patience how long one request to the other system may take
     */
    OutputSession<CommT> open(Duration patience);
}
