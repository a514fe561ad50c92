package io.leasehold.source.reader;

import io.leasehold.source.book.PositionedSplit;
import io.leasehold.source.book.ReaderBook;
import io.leasehold.source.event.LeaseSourceEvent.Position;
import io.leasehold.source.event.LeaseSourceEvent.Positions;
import io.leasehold.source.metrics.ReaderMetrics;
import io.leasehold.source.split.LeasedSplit;

import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The splits of one reader: does to the wrapped reader, and to Flink's outputs, what the {@link
 * ReaderBook} decides.
 *
 * <p>A split that is to stand still is taken from the wrapped reader by replacing that by one
 * without it, so that not one record behind the position can be emitted.
 *
 * <p>Task thread only.
 */
final class ReaderSplits<T, SplitT extends SourceSplit> {

    private final ReaderBook<SplitT> book = new ReaderBook<>();
    private final ReplaceableReader<T, SplitT> inner;
    private final ReaderGrant grant;
    private final SplitOutputs outputs;
    private final EmittedCounts emitted;
    private final SimpleVersionedSerializer<SplitT> serializer;
    private final Runnable wake;
    private long lastCheckpoint;

    /**
     * @param wake run where whoever waits for the reader may have waited for the wrong thing
     */
    ReaderSplits(
            ReplaceableReader<T, SplitT> inner,
            ReaderGrant grant,
            SplitOutputs outputs,
            EmittedCounts emitted,
            SimpleVersionedSerializer<SplitT> serializer,
            Runnable wake) {
        this.inner = inner;
        this.grant = grant;
        this.outputs = outputs;
        this.emitted = emitted;
        this.serializer = serializer;
        this.wake = wake;
    }

    /** Whether the wrapped reader has any. */
    boolean anyIsRead() {
        return book.readingCount() > 0;
    }

    /** Whether any stands still. */
    boolean anyIsFrozen() {
        return book.frozenCount() > 0;
    }

    boolean holdsNothing() {
        return book.holdsNothing();
    }

    void showIn(ReaderMetrics metrics) {
        metrics.has(book.readingCount(), book.frozenCount(), book.withheldCount());
    }

    /** Splits that Flink restored or the enumerator has assigned. */
    void added(List<LeasedSplit<SplitT>> splits, String readerId) {
        List<SplitT> granted = new ArrayList<>();
        for (LeasedSplit<SplitT> split : splits) {
            if (split.grantedTo().equals(Optional.of(readerId))) {
                notWithheld(book.assigned(split.positioned()));
                outputs.begins(split);
                granted.add(split.inner());
            } else {
                book.restored(split.positioned());
            }
        }
        read(granted);
    }

    private void read(List<SplitT> granted) {
        if (!granted.isEmpty()) {
            grant.splitsAdded();
            inner.addSplits(granted);
        }
    }

    /** Flink has an output for each split it restored, under the id that the split had then. */
    private void notWithheld(Optional<PositionedSplit<SplitT>> restored) {
        restored.ifPresent(
                split -> {
                    outputs.forget(LeasedSplit.of(split, Optional.empty()).splitId());
                    wake.run();
                });
    }

    /** What is withheld, as the enumerator is told. */
    List<Position> withheld() {
        return book.withheld().stream().map(this::position).toList();
    }

    /** A barrier has come: what was asked for stands still from here on. */
    void barrier(long checkpointId) {
        lastCheckpoint = checkpointId;
        takePositions();
        standStill(book.toFreeze(), remaining -> inner.replaceAt(checkpointId, remaining));
    }

    /** What the reader reports of this moment. */
    Positions report(String readerId) {
        ReaderBook.Report<SplitT> report = book.report();
        return new Positions(
                readerId,
                lastCheckpoint,
                report.granted().stream().map(this::position).toList(),
                report.frozen(),
                emitted.of(book.reading()));
    }

    /** What a snapshot of this moment contains. */
    List<LeasedSplit<SplitT>> state() {
        return book.state().stream().map(split -> LeasedSplit.of(split, Optional.empty())).toList();
    }

    /** Brings the positions of the splits that the wrapped reader has up to date. */
    private void takePositions() {
        Map<String, SplitT> positions = new LinkedHashMap<>();
        inner.snapshotState(lastCheckpoint).forEach(split -> positions.put(split.splitId(), split));
        for (String splitId : book.took(positions)) {
            outputs.ends(splitId);
            emitted.forget(splitId);
        }
    }

    /** From now on nothing of these splits is emitted; their positions have just been taken. */
    private void standStill(Set<String> splitIds, Consumer<List<SplitT>> replacing) {
        if (splitIds.isEmpty()) {
            return;
        }
        replacing.accept(book.readingBut(splitIds));
        book.freeze(splitIds);
        for (String splitId : splitIds) {
            outputs.stops(splitId);
            emitted.forget(splitId);
        }
        // Who waits for the gate may have nothing left that is behind it.
        wake.run();
    }

    /** These are to stand still at the next barrier. */
    void asked(Map<String, Long> requests) {
        book.asked(requests);
    }

    /** Those of these splits that the wrapped reader has stop where they are, at no barrier. */
    void stop(Map<String, Long> requests) {
        book.asked(requests);
        if (!toFreeze(requests.keySet()).isEmpty()) {
            takePositions();
            // One of them may have turned out to be at its end.
            standStill(toFreeze(requests.keySet()), inner::replaceNow);
        }
    }

    private Set<String> toFreeze(Collection<String> among) {
        return book.toFreeze().stream().filter(among::contains).collect(Collectors.toSet());
    }

    /** These need not stand still any more. */
    void thawed(Set<String> splitIds) {
        List<SplitT> resumed = new ArrayList<>();
        for (String splitId : splitIds) {
            book.thawed(splitId)
                    .ifPresent(
                            split -> {
                                outputs.resumes(LeasedSplit.of(split, Optional.empty()));
                                resumed.add(split.split());
                            });
        }
        read(resumed);
    }

    /** These are not this reader's any more. */
    void drop(Set<String> splitIds) {
        // Whatever was asked of it before, it must not be emitted now.
        stop(splitIds.stream().collect(Collectors.toMap(id -> id, none -> 0L)));
        splitIds.forEach(outputs::drop);
        splitIds.forEach(splitId -> notWithheld(book.drop(splitId)));
        wake.run();
    }

    /** The table says that these are at their end. */
    void finishRecorded(Set<String> splitIds) {
        splitIds.forEach(splitId -> notWithheld(book.finishRecorded(splitId)));
        wake.run();
    }

    private Position position(PositionedSplit<SplitT> split) {
        try {
            return new Position(
                    split.splitId(),
                    split.epoch(),
                    split.tenure(),
                    split.finished(),
                    serializer.serialize(split.split()),
                    serializer.getVersion(),
                    split.split().toString());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The split '" + split.splitId() + "' could not be serialized.", e);
        }
    }
}
