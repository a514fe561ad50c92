package io.leasehold.simulation;

import io.leasehold.lease.Incarnation;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One life of a job's enumerator, with what Flink does around it. */
interface JobMaster {

    Incarnation me();

    Machine machine();

    StoreWay way();

    Checkpoints checkpoints();

    void start();

    /** As Flink closes an enumerator: it says goodbye to the store. */
    void close();

    boolean over();

    boolean everJoined();

    boolean joined();

    boolean allReadersRun();

    /** What the enumerator's part of a checkpoint holds. */
    Map<String, Held> withheld(long checkpointId);

    /** What the source has found, as a checkpoint that begins now holds it. */
    Set<String> found();

    /** A checkpoint is complete. */
    void completed(long checkpointId);

    /** Attempts that run or are about to. */
    Collection<Reader> readers();

    Collection<Reader> allAttempts();

    Optional<Reader> reader(int subtask);

    /** A reader is cut off; the JobManager takes it for failed soon, and starts another. */
    void readerFails(Reader reader, long restartsAfter);

    // -------------------------------------------------------------------- what readers tell it

    void readerStarted(Reader reader, Map<String, Held> restored);

    void grantRequested(Reader reader, long askedAt);

    void reported(Reader reader, long checkpointId, Reader.Report report);

    void stopped(Reader reader, long number);
}
