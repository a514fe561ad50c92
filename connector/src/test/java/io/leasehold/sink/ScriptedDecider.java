package io.leasehold.sink;

import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.StateLine;
import io.leasehold.link.JobLink;
import io.leasehold.link.LinkedSource;
import io.leasehold.link.OutputStanding;
import io.leasehold.link.SourceEnd;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** An enumerator that decides what a test tells it to, and lets everything else go on. */
final class ScriptedDecider implements SourceEnd, AutoCloseable {

    static final StateLine LINE = new StateLine("line-1");

    private final String linkId;
    private final JobLink link;
    private final Incarnation me;

    /** Rows that were told to be committed, in that order. */
    final List<DecidedOutput.Key> committed = new CopyOnWriteArrayList<>();

    /** The checkpoints that were to begin, in order. */
    final List<Long> begun = new CopyOnWriteArrayList<>();

    volatile CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);
    volatile CompletableFuture<Optional<String>> acknowledgement =
            CompletableFuture.completedFuture(Optional.empty());
    volatile boolean sealed = true;

    /** Takes the place of the one before, as a new incarnation does. */
    ScriptedDecider(String linkId, String memberId, String incarnation) {
        this.linkId = linkId;
        this.link = JobLink.of(linkId);
        this.me = new Incarnation(memberId, incarnation);
        link.attach(this);
    }

    LinkedSource source() {
        return () -> linkId;
    }

    void stands(OptionalLong decided, boolean restoredIsVoid, List<DecidedOutput> rows) {
        link.stands(this, new OutputStanding("orders", me, LINE, decided, restoredIsVoid, rows));
    }

    void standsWithNothing() {
        stands(OptionalLong.empty(), false, List.of());
    }

    /** Decides a completed checkpoint of this incarnation. */
    List<DecidedOutput> decide(long checkpointId) throws Exception {
        List<DecidedOutput> rows = collect(checkpointId, me);
        link.decided(this, checkpoint(checkpointId, me));
        return rows;
    }

    /** What would be decided of a checkpoint that this incarnation of the member has completed. */
    List<DecidedOutput> collect(long checkpointId, Incarnation of) throws Exception {
        Map<String, byte[]> bySink =
                link.preparedUpTo(this, checkpointId).get(60, TimeUnit.SECONDS);
        return bySink.entrySet().stream()
                .map(
                        sink ->
                                new DecidedOutput(
                                        new DecidedOutput.Key(
                                                checkpoint(checkpointId, of), sink.getKey()),
                                        sink.getValue()))
                .toList();
    }

    void decidedLate(long checkpointId, Incarnation of) {
        link.decided(this, checkpoint(checkpointId, of));
    }

    void isVoid(long checkpointId) {
        link.isVoid(this, checkpointId, "sealed");
    }

    List<DecidedOutput> adopt(List<DecidedOutput> rows) {
        return link.adopt(this, rows);
    }

    void sealed(Incarnation closed) {
        link.sealed(this, closed);
    }

    Incarnation me() {
        return me;
    }

    private static DecidedCheckpoint checkpoint(long id, Incarnation of) {
        return new DecidedCheckpoint(of, LINE, id);
    }

    @Override
    public CompletableFuture<Void> mayBegin(long checkpointId) {
        begun.add(checkpointId);
        return gate;
    }

    @Override
    public CompletableFuture<Optional<String>> mayAcknowledge(long checkpointId) {
        return acknowledgement;
    }

    @Override
    public void committed(DecidedOutput.Key output) {
        committed.add(output);
    }

    @Override
    public CompletableFuture<Boolean> isSealed(Incarnation closed) {
        return CompletableFuture.completedFuture(sealed);
    }

    @Override
    public void close() {
        link.detach(this);
    }
}
