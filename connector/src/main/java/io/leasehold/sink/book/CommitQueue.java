package io.leasehold.sink.book;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * Decided output that is to be committed: one checkpoint after the other, each until its fate is
 * certain. A KafkaSink's writer relies on that order: when a transaction is committed, it takes
 * those of earlier checkpoints for committed too.
 *
 * <p>Times are nanoseconds of one monotonic clock. Not thread-safe.
 */
public final class CommitQueue<C> {

    private static final Duration FIRST_WAIT = Duration.ofMillis(50);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    private final Set<Fate> certain;
    private final long keptForNanos;
    private final NavigableMap<Long, List<Piece<C>>> pieces = new TreeMap<>();
    private final Map<Piece<C>, Long> unknownSince = new HashMap<>();
    private List<Piece<C>> inFlight = List.of();
    private long waitNanos;
    private OptionalLong notBefore = OptionalLong.empty();

    private CommitQueue(Set<Fate> certain, Duration keptFor) {
        this.certain = certain;
        this.keptForNanos = keptFor.toNanos();
    }

    /**
     * For output of this member.
     *
     * @param keptFor how long the other system keeps prepared output; what is unknown for longer is
     *     lost
     */
    public static <C> CommitQueue<C> ofOwn(Duration keptFor) {
        return new CommitQueue<>(Set.of(Fate.COMMITTED), keptFor);
    }

    /**
     * For output of incarnations that are over, of closed members or of this one: their writers may
     * have committed it and written more.
     *
     * @param keptFor as in {@link #ofOwn}
     */
    public static <C> CommitQueue<C> ofEarlierLives(Duration keptFor) {
        return new CommitQueue<>(Set.of(Fate.COMMITTED, Fate.SUPERSEDED), keptFor);
    }

    /**
     * What came of a commit.
     *
     * @param committed what is certainly committed
     * @param failed what cannot be committed any more, or never could be told to be
     */
    public record Outcome<C>(List<Piece<C>> committed, List<Failed<C>> failed) {

        public Outcome {
            committed = List.copyOf(committed);
            failed = List.copyOf(failed);
        }
    }

    /** A piece that is not in the queue any more, although it was not committed. */
    public record Failed<C>(Piece<C> piece, FateAnswer answer) {}

    /** Adds decided output. */
    public void add(List<Piece<C>> decided) {
        decided.forEach(
                piece ->
                        pieces.computeIfAbsent(piece.checkpoint(), of -> new ArrayList<>())
                                .add(piece));
    }

    /**
     * What to commit now: of the earliest checkpoint, all that is not certain. Empty if there is
     * nothing, a commit is not answered yet, or it is too early to try again.
     */
    public List<Piece<C>> next(long now) {
        if (pieces.isEmpty() || !inFlight.isEmpty()) {
            return List.of();
        }
        if (notBefore.isPresent() && now - notBefore.getAsLong() < 0) {
            return List.of();
        }
        notBefore = OptionalLong.empty();
        inFlight = List.copyOf(pieces.firstEntry().getValue());
        return inFlight;
    }

    /** When {@link #next} is to be asked again; empty if that need not wait for a time. */
    public OptionalLong nextAt() {
        return inFlight.isEmpty() && !pieces.isEmpty() ? notBefore : OptionalLong.empty();
    }

    /**
     * The commit of what {@link #next} gave is answered.
     *
     * @param answers one for each piece, in the same order
     * @throws IllegalArgumentException if there are more or fewer
     */
    public Outcome<C> answered(List<FateAnswer> answers, long now) {
        if (answers.size() != inFlight.size()) {
            throw new IllegalArgumentException(
                    "%s pieces of output are being committed, but %s were answered."
                            .formatted(inFlight.size(), answers.size()));
        }
        List<Piece<C>> committed = new ArrayList<>();
        List<Failed<C>> failed = new ArrayList<>();
        List<Piece<C>> again = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            Piece<C> piece = inFlight.get(i);
            FateAnswer answer = answers.get(i);
            if (certain.contains(answer.fate())) {
                committed.add(piece);
            } else if (isOver(piece, answer.fate(), now)) {
                failed.add(new Failed<>(piece, answer));
            } else {
                again.add(piece);
            }
        }
        committed.forEach(this::remove);
        failed.forEach(one -> remove(one.piece()));
        inFlight = List.of();
        waitBeforeNext(again.isEmpty(), committed.isEmpty() && failed.isEmpty(), now);
        return new Outcome<>(committed, failed);
    }

    private boolean isOver(Piece<C> piece, Fate fate, long now) {
        return switch (fate) {
            case LOST, SUPERSEDED -> true;
            case UNKNOWN -> now - unknownSince.computeIfAbsent(piece, first -> now) >= keptForNanos;
            case OPEN, COMMITTED -> {
                unknownSince.remove(piece);
                yield false;
            }
        };
    }

    private void remove(Piece<C> piece) {
        unknownSince.remove(piece);
        List<Piece<C>> left = pieces.get(piece.checkpoint());
        left.remove(piece);
        if (left.isEmpty()) {
            pieces.remove(piece.checkpoint());
        }
    }

    /** Twice as long each time that nothing came of it. */
    private void waitBeforeNext(boolean allIsOver, boolean nothingIsOver, long now) {
        if (allIsOver) {
            waitNanos = 0;
            return;
        }
        waitNanos =
                nothingIsOver && waitNanos > 0
                        ? Math.min(2 * waitNanos, LONGEST_WAIT.toNanos())
                        : FIRST_WAIT.toNanos();
        notBefore = OptionalLong.of(now + waitNanos);
    }

    /** All that is not certain yet, in the order in which it is committed. */
    public List<Piece<C>> all() {
        return pieces.values().stream().flatMap(List::stream).toList();
    }

    public boolean isEmpty() {
        return pieces.isEmpty();
    }
}
