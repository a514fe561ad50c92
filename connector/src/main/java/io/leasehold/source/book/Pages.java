package io.leasehold.source.book;

import io.leasehold.lease.member.LeaseKeeper;
import io.leasehold.source.event.LeaseSourceEvent.DropRequested;
import io.leasehold.source.event.LeaseSourceEvent.FinishRecorded;
import io.leasehold.source.event.LeaseSourceEvent.ToReader;

import java.time.Duration;
import java.util.Set;
import java.util.function.Function;

/** What the parts of an {@link EnumeratorBook} share. */
record Pages<S>(
        LeaseKeeper keeper,
        BookSettings settings,
        SplitCodec<S> codec,
        BookedSplits<S> splits,
        ReaderAttempts attempts,
        CheckpointedPositions positions,
        RecordRates rates,
        Comebacks<S> comebacks,
        Distribution<S> distribution,
        CheckpointWorth<S> worth) {

    private static final Duration RATES_MEMORY = Duration.ofMinutes(1);

    static <S> Pages<S> of(LeaseKeeper keeper, BookSettings settings, SplitCodec<S> codec) {
        BookedSplits<S> splits = new BookedSplits<>();
        ReaderAttempts attempts = new ReaderAttempts();
        CheckpointedPositions positions = new CheckpointedPositions(settings.oneBehind());
        return new Pages<>(
                keeper,
                settings,
                codec,
                splits,
                attempts,
                positions,
                new RecordRates(RATES_MEMORY),
                new Comebacks<>(splits, keeper, codec, settings.restore()),
                new Distribution<>(
                        splits, attempts, keeper.splits()::holdsAllItOwns, settings.bounded()),
                new CheckpointWorth<>(splits, keeper, positions));
    }

    /** A split is another member's now, or nobody's. */
    void drop(String splitId, Outbox<S> out) {
        forget(splitId, id -> new DropRequested(id, Set.of(splitId)), out);
    }

    /** The table says that a split is at its end: nobody's state need hold it any more. */
    void finished(String splitId, Outbox<S> out) {
        forget(splitId, id -> new FinishRecorded(id, Set.of(splitId)), out);
    }

    /** And tells the reader whose state holds it, if one is there. */
    private void forget(String splitId, Function<String, ToReader> event, Outbox<S> out) {
        splits.inStateOf(splitId).ifPresent(subtask -> out.send(subtask, event));
        splits.forget(splitId);
        positions.forget(Set.of(splitId));
        rates.forget(splitId);
    }
}
