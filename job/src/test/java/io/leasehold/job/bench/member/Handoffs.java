package io.leasehold.job.bench.member;

import io.leasehold.job.bench.member.Mark.Gap;
import io.leasehold.job.bench.member.Stretch.Reader;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What stretches say of the moments at which splits went from one reader to another. All times are
 * nanoseconds.
 */
public final class Handoffs {

    /** What of a gap counts to a moment: it was open then, or so soon after. */
    static final Duration AROUND = Duration.ofMillis(250);

    private final Map<Integer, List<Stretch>> splits = new TreeMap<>();

    /**
     * A split went from one reader to another.
     *
     * @param from what the one emitted before
     * @param to what the other emitted after
     * @param pause the longest time without a record of it, from a moment before the last record of
     *     the one to a moment after the first of the other
     */
    public record Handoff(Stretch from, Stretch to, long pause) {

        /** Whether it went to another job, rather than to another reader of the same one. */
        public boolean acrossJobs() {
            return !from.reader().member().equals(to.reader().member());
        }
    }

    /**
     * @param all stretches, whose readers emit no more or are at a barrier
     */
    public Handoffs(List<Stretch> all) {
        all.stream()
                .sorted(
                        Comparator.comparingLong(Stretch::firstOffset)
                                .thenComparingLong(Stretch::lastOffset))
                .forEach(this::add);
    }

    /** Two stretches of one reader that follow on each other are one. */
    private void add(Stretch next) {
        List<Stretch> before = splits.computeIfAbsent(next.split(), split -> new ArrayList<>());
        if (!before.isEmpty()) {
            Stretch last = before.get(before.size() - 1);
            if (last.reader().equals(next.reader())
                    && last.lastOffset() + 1 == next.firstOffset()) {
                before.set(before.size() - 1, last.and(next));
                return;
            }
        }
        before.add(next);
    }

    /** How many records were emitted once more than once. */
    public long replayed() {
        long replayed = 0;
        for (List<Stretch> stretches : splits.values()) {
            long next = 0;
            for (Stretch stretch : stretches) {
                long until = stretch.lastOffset() + 1;
                replayed += Math.max(0, Math.min(next, until) - stretch.firstOffset());
                next = Math.max(next, until);
            }
        }
        return replayed;
    }

    /**
     * How many records were never emitted.
     *
     * @param produced how many each split has
     */
    public long missing(Map<Integer, Long> produced) {
        long missing = 0;
        for (Map.Entry<Integer, Long> split : produced.entrySet()) {
            long next = 0;
            for (Stretch stretch : splits.getOrDefault(split.getKey(), List.of())) {
                missing += Math.max(0, stretch.firstOffset() - next);
                next = Math.max(next, stretch.lastOffset() + 1);
            }
            missing += Math.max(0, split.getValue() - next);
        }
        return missing;
    }

    /** All there were, in the order of splits and time. */
    public List<Handoff> all() {
        List<Handoff> handoffs = new ArrayList<>();
        for (List<Stretch> stretches : splits.values()) {
            for (int i = 1; i < stretches.size(); i++) {
                Stretch from = stretches.get(i - 1);
                Stretch to = stretches.get(i);
                handoffs.add(new Handoff(from, to, pause(from, to)));
            }
        }
        return handoffs;
    }

    private static long pause(Stretch from, Stretch to) {
        long around = AROUND.toNanos();
        return LongStream.concat(
                        LongStream.of(to.firstNanos() - from.lastNanos()),
                        Stream.concat(
                                        from.gaps().stream()
                                                .filter(
                                                        it ->
                                                                it.until()
                                                                        >= from.lastNanos()
                                                                                - around),
                                        to.gaps().stream()
                                                .filter(
                                                        it ->
                                                                it.from()
                                                                        <= to.firstNanos()
                                                                                + around))
                                .mapToLong(Gap::nanos))
                .max()
                .getAsLong();
    }

    /**
     * The longest time without a record that other splits of a reader had in some time, of those
     * that the reader had all that time.
     *
     * @return {@link MarkedDown#LEAST_GAP} if there was none of that length; empty if the reader
     *     had no other split
     */
    public OptionalLong stall(Reader reader, int but, long from, long until) {
        return splits.values().stream()
                .flatMap(List::stream)
                .filter(it -> it.split() != but && it.reader().equals(reader))
                .filter(it -> it.firstNanos() <= from && it.lastNanos() >= until)
                .mapToLong(it -> longest(it.gaps(), from, until))
                .max();
    }

    private static long longest(List<Gap> gaps, long from, long until) {
        return gaps.stream()
                .filter(it -> it.from() < until && it.until() > from)
                .mapToLong(Gap::nanos)
                .reduce(MarkedDown.LEAST_GAP.toNanos(), Math::max);
    }
}
