package io.leasehold.source.book;

import io.leasehold.lease.model.Claim;
import io.leasehold.source.book.SplitState.Reading;
import io.leasehold.source.book.SplitState.Waiting;
import io.leasehold.source.event.LeaseSourceEvent.FreezeRequested;
import io.leasehold.source.event.LeaseSourceEvent.StopRequested;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * Which reader gets which split, and which reader is to let one go.
 *
 * <p>No split goes to a reader before the grant of its last reader is over (S1), or that one is
 * known to be closed.
 */
final class Distribution<S> {

    private final BookedSplits<S> splits;
    private final ReaderAttempts attempts;
    private final BooleanSupplier holdsAllItOwns;
    private final boolean bounded;
    private long lastNumber;

    /**
     * @param holdsAllItOwns whether nothing is on its way to or from this member
     */
    Distribution(
            BookedSplits<S> splits,
            ReaderAttempts attempts,
            BooleanSupplier holdsAllItOwns,
            boolean bounded) {
        this.splits = splits;
        this.attempts = attempts;
        this.holdsAllItOwns = holdsAllItOwns;
        this.bounded = bounded;
    }

    /** A number that no request has had. */
    long nextNumber() {
        return ++lastNumber;
    }

    /** Sends the splits that can go to a reader now: to the one that has the fewest. */
    void assign(JobView job, Outbox<S> out) {
        attempts.forgetGrantsThatAreOver(job.now());
        Map<Integer, List<PositionedSplit<S>>> next = new TreeMap<>();
        List<Integer> open =
                attempts.subtasks().stream()
                        .filter(job.registered()::contains)
                        .filter(attempts::isOpen)
                        .toList();
        for (String splitId : splits.waiting()) {
            if (!(splits.of(splitId).orElseThrow() instanceof Waiting<S> waits)
                    || waits.wanted().isForced()) {
                continue;
            }
            OptionalInt reader = readerFor(splitId, waits, open, job.now());
            if (reader.isPresent()) {
                int subtask = reader.getAsInt();
                attempts.assigned(splitId);
                splits.becomes(splitId, new Reading<>(subtask, waits.at().epoch(), waits.wanted()));
                next.computeIfAbsent(subtask, none -> new ArrayList<>()).add(waits.at());
            }
        }
        next.forEach(
                (subtask, assigned) ->
                        out.add(
                                new Command.Assign<>(
                                        subtask,
                                        attempts.readerId(subtask).orElseThrow(),
                                        assigned)));
        nextSilence(job.now()).ifPresent(at -> out.add(new Command.CallAt<>(at)));
    }

    private OptionalInt readerFor(String splitId, Waiting<S> waits, List<Integer> open, long now) {
        Optional<ReaderAttempts.Last> last = attempts.stillGranted(splitId, now);
        if (last.filter(reader -> !attempts.isClosed(reader)).isPresent()) {
            return OptionalInt.empty();
        }
        // The next attempt of the one that is closed is about to come, and would be left with none.
        OptionalInt only =
                waits.inStateOf().isPresent() || last.isEmpty()
                        ? waits.inStateOf()
                        : OptionalInt.of(last.get().subtask());
        return open.stream()
                .filter(subtask -> only.orElse(subtask) == subtask)
                .min(Comparator.comparingInt(splits::countOf))
                .map(OptionalInt::of)
                .orElse(OptionalInt.empty());
    }

    /** When a split that waits for an old grant to end can go to any reader. */
    private OptionalLong nextSilence(long now) {
        return splits.waiting().stream()
                .flatMap(splitId -> attempts.stillGranted(splitId, now).stream())
                .mapToLong(ReaderAttempts.Last::until)
                .reduce((a, b) -> a - b < 0 ? a : b);
    }

    /**
     * Where some readers have more splits than others, for whatever reason, what they have too much
     * is to move; but only while all else is at rest, since what waits for a reader goes to the one
     * that has the fewest anyway.
     *
     * <p>Not over a bounded source: readers that finish early would get splits whose records are
     * late for windows by then, which they are not if the source is not leased.
     */
    void spread(JobView job, Outbox<S> out) {
        if (bounded
                || attempts.count() < job.parallelism()
                || job.registered().size() < job.parallelism()
                || isEven()
                || splits.anyWaits()
                || !splits.areAtRest()) {
            return;
        }
        Map<Integer, List<String>> surplus =
                ReaderSpread.surplus(splits.bySubtask(attempts.subtasks()));
        if (!surplus.isEmpty() && holdsAllItOwns.getAsBoolean()) {
            out.inform(
                    "Splits of these subtasks are to move to others with fewer: %s"
                            .formatted(surplus));
            surplus.values().forEach(splitIds -> splitIds.forEach(this::isToMove));
        }
    }

    /** Whether no reader has more than one split more than another. */
    private boolean isEven() {
        IntSummaryStatistics counts =
                attempts.subtasks().stream().mapToInt(splits::countOf).summaryStatistics();
        return counts.getCount() == 0 || counts.getMax() - counts.getMin() <= 1;
    }

    private void isToMove(String splitId) {
        if (splits.of(splitId).orElseThrow() instanceof Reading<S> reads) {
            splits.becomes(splitId, reads.wanted(reads.wanted().toMove()));
        }
    }

    /** Asks readers for what is wanted and was not asked for yet. */
    void askForSplits(Outbox<S> out) {
        Map<Integer, Map<String, Long>> freezes = new TreeMap<>();
        Map<Integer, Map<String, Long>> stops = new TreeMap<>();
        for (String splitId : splits.wanted()) {
            if (splits.of(splitId).orElseThrow() instanceof Reading<S> reads) {
                reads.wanted()
                        .due()
                        .ifPresent(
                                kind -> {
                                    boolean forced = kind == Claim.Kind.FORCE;
                                    long number = ask(splitId, reads, kind);
                                    if (forced) {
                                        attempts.stopRequested(reads.subtask(), number);
                                    }
                                    (forced ? stops : freezes)
                                            .computeIfAbsent(
                                                    reads.subtask(), none -> new HashMap<>())
                                            .put(splitId, number);
                                });
            }
        }
        freezes.forEach(
                (subtask, requests) -> out.send(subtask, id -> new FreezeRequested(id, requests)));
        stops.forEach(
                (subtask, requests) -> out.send(subtask, id -> new StopRequested(id, requests)));
    }

    private long ask(String splitId, Reading<S> reads, Claim.Kind kind) {
        // A reader that has been asked already may stand still under that number.
        long number = reads.wanted().asked().map(Asked::number).orElseGet(this::nextNumber);
        splits.becomes(splitId, reads.wanted(reads.wanted().askedFor(new Asked(number, kind))));
        return number;
    }

    /** A reader is to stop a split at once that is about to be forgotten. */
    void stopAtOnce(String splitId, Outbox<S> out) {
        splits.readerOf(splitId)
                .ifPresent(
                        subtask -> {
                            // No grant before it has stopped: this one is not to be emitted.
                            long number = nextNumber();
                            attempts.stopRequested(subtask, number);
                            out.send(subtask, id -> new StopRequested(id, Map.of(splitId, number)));
                            attempts.emitsUntilItsGrantIsOver(subtask, splitId);
                        });
    }

    /** The readers' tasks may finish: nothing more will come to them. */
    void tellNoMore(Set<Integer> subtasks, Outbox<S> out) {
        subtasks.stream()
                .sorted()
                .filter(attempts::tellsNoMore)
                .forEach(subtask -> out.add(new Command.TellNoMore<>(subtask)));
    }
}
