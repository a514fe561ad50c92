package io.leasehold.source.book;

import io.leasehold.source.book.ReadState.Finished;
import io.leasehold.source.book.ReadState.Frozen;
import io.leasehold.source.book.ReadState.Reading;
import io.leasehold.source.book.ReadState.Withheld;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a reader decides: which of its splits may be emitted, stand still, are withheld, or are at
 * their end, and what a snapshot contains of them. {@link ReadState} has all the ways a split can
 * go.
 *
 * <p>Not thread-safe.
 *
 * @param <S> a split of the wrapped source
 */
public class ReaderBook<S> {

    /**
     * What a reader reports in a snapshot.
     *
     * @param granted all that its state holds of granted splits, finished and frozen ones too
     * @param frozen of those that stand still, the numbers of the requests
     */
    public record Report<S>(List<PositionedSplit<S>> granted, Map<String, Long> frozen) {}

    private final Map<String, ReadState<S>> states = new LinkedHashMap<>();
    private int reading;
    private int frozen;
    private int withheld;

    private void becomes(ReadState<S> next) {
        ReadState<S> last = states.put(next.at().splitId(), next);
        count(last, -1);
        count(next, 1);
    }

    private void forget(String splitId) {
        count(states.remove(splitId), -1);
    }

    private void count(ReadState<S> state, int more) {
        if (state instanceof Reading<S>) {
            reading += more;
        } else if (state instanceof Frozen<S>) {
            frozen += more;
        } else if (state instanceof Withheld<S>) {
            withheld += more;
        }
    }

    /** Splits that the wrapped reader has. */
    public int readingCount() {
        return reading;
    }

    /** Splits that stand still. */
    public int frozenCount() {
        return frozen;
    }

    /** Splits that are withheld. */
    public int withheldCount() {
        return withheld;
    }

    /** Whether there is no split: then this reader has none in the enumerator's eyes either. */
    public boolean holdsNothing() {
        return states.isEmpty();
    }

    /** A split of its own restored state is to be withheld until it is assigned. */
    public void restored(PositionedSplit<S> split) {
        becomes(new Withheld<>(split));
    }

    /** Those that are withheld. */
    public List<PositionedSplit<S>> withheld() {
        return all(state -> state instanceof Withheld<S>);
    }

    /**
     * A split is assigned to this reader attempt.
     *
     * @return as it was withheld, if it was
     * @throws IllegalStateException if the wrapped reader has it
     */
    public Optional<PositionedSplit<S>> assigned(PositionedSplit<S> split) {
        ReadState<S> before = states.get(split.splitId());
        if (before instanceof Reading<S>) {
            throw new IllegalStateException(
                    "The split '%s' was assigned twice to one reader; split ids must be unique within a source."
                            .formatted(split.splitId()));
        }
        becomes(new Reading<>(split, Optional.empty()));
        return before instanceof Withheld<S> restored
                ? Optional.of(restored.at())
                : Optional.empty();
    }

    /** These splits are to stand still, under these numbers, at the next occasion. */
    public void asked(Map<String, Long> requests) {
        requests.forEach(
                (splitId, number) -> {
                    if (states.get(splitId) instanceof Reading<S> it) {
                        becomes(new Reading<>(it.at(), Optional.of(number)));
                    }
                });
    }

    /**
     * The wrapped reader says where it is.
     *
     * @param positions all splits that it has, by their ids; one that is not there is at its end
     * @return the splits that have come to their end
     * @throws IllegalStateException if it was never given one of them
     */
    public List<String> took(Map<String, S> positions) {
        for (String splitId : positions.keySet()) {
            if (!(states.get(splitId) instanceof Reading<S>)) {
                throw new IllegalStateException(
                        "The wrapped reader returned the split '%s', which it was never given; split ids must not change."
                                .formatted(splitId));
            }
        }
        List<String> finished = new ArrayList<>();
        for (ReadState<S> state : List.copyOf(states.values())) {
            if (state instanceof Reading<S> it) {
                S position = positions.get(it.at().splitId());
                if (position == null) {
                    finished.add(it.at().splitId());
                    becomes(new Finished<>(it.at().asFinished()));
                } else {
                    becomes(new Reading<>(it.at().at(position), it.asked()));
                }
            }
        }
        return finished;
    }

    /** Those that were asked for and do not stand still yet. */
    public Set<String> toFreeze() {
        return ids(all(state -> state instanceof Reading<S> it && it.asked().isPresent()));
    }

    /** What the wrapped reader is to have when these are taken from it. */
    public List<S> readingBut(Collection<String> splitIds) {
        return all(state -> state instanceof Reading<S> it && !splitIds.contains(it.at().splitId()))
                .stream()
                .map(PositionedSplit::split)
                .toList();
    }

    /** The wrapped reader does not have these any more; their positions have just been taken. */
    public void freeze(Collection<String> splitIds) {
        for (String splitId : splitIds) {
            if (states.get(splitId) instanceof Reading<S> it) {
                becomes(new Frozen<>(it.at(), it.asked().orElseThrow()));
            }
        }
    }

    /**
     * A split need not stand still any more; returned if the wrapped reader is to have it again.
     */
    public Optional<PositionedSplit<S>> thawed(String splitId) {
        ReadState<S> state = states.get(splitId);
        if (state instanceof Reading<S> it) {
            becomes(new Reading<>(it.at(), Optional.empty()));
        } else if (state instanceof Frozen<S> it) {
            becomes(new Reading<>(it.at(), Optional.empty()));
            return Optional.of(it.at());
        }
        return Optional.empty();
    }

    /**
     * A split that the wrapped reader does not have is not this reader's any more.
     *
     * @return as it was withheld, if it was
     */
    public Optional<PositionedSplit<S>> drop(String splitId) {
        ReadState<S> state = states.get(splitId);
        forget(splitId);
        return state instanceof Withheld<S> restored
                ? Optional.of(restored.at())
                : Optional.empty();
    }

    /**
     * The table says that a split is at its end.
     *
     * @return as it was withheld, if it was
     */
    public Optional<PositionedSplit<S>> finishRecorded(String splitId) {
        ReadState<S> state = states.get(splitId);
        return state instanceof Finished<S> || state instanceof Withheld<S>
                ? drop(splitId)
                : Optional.empty();
    }

    /** What is reported of this moment. */
    public Report<S> report() {
        Map<String, Long> requests = new LinkedHashMap<>();
        states.forEach(
                (splitId, state) -> {
                    if (state instanceof Frozen<S> it) {
                        requests.put(splitId, it.request());
                    }
                });
        return new Report<>(all(state -> !(state instanceof Withheld<S>)), requests);
    }

    /** What a snapshot of this moment contains: all of them. */
    public List<PositionedSplit<S>> state() {
        return all(state -> true);
    }

    /** Those that the wrapped reader has. */
    public Set<String> reading() {
        return ids(all(state -> state instanceof Reading<S>));
    }

    private List<PositionedSplit<S>> all(Predicate<ReadState<S>> which) {
        return states.values().stream().filter(which).map(ReadState::at).toList();
    }

    private Set<String> ids(List<PositionedSplit<S>> splits) {
        Set<String> ids = new LinkedHashSet<>();
        splits.forEach(split -> ids.add(split.splitId()));
        return ids;
    }
}
