package io.leasehold.job.bench.member;

import io.leasehold.job.bench.member.Mark.Gap;

import java.util.List;
import java.util.stream.Stream;

/**
 * Records of one split that one reader emitted one after the other, none left out.
 *
 * @param reader which emitted it: one attempt of one subtask
 * @param firstOffset of its first record
 * @param firstNanos when that was emitted
 * @param lastOffset of its last record that is known, which is the last one before a barrier; the
 *     first one, if there was no barrier yet
 * @param lastNanos when that was emitted
 * @param barrier the checkpoint of that barrier, 0 if there was none yet
 * @param gaps between records of it that came late
 */
public record Stretch(
        Reader reader,
        int split,
        long firstOffset,
        long firstNanos,
        long lastOffset,
        long lastNanos,
        long barrier,
        List<Gap> gaps) {

    public Stretch {
        gaps = List.copyOf(gaps);
    }

    /** Both as one, where the other follows on this one. */
    Stretch and(Stretch other) {
        return new Stretch(
                reader,
                split,
                firstOffset,
                firstNanos,
                other.lastOffset,
                other.lastNanos,
                other.barrier == 0 ? barrier : other.barrier,
                Stream.concat(gaps.stream(), other.gaps.stream()).toList());
    }

    /** The number of a split by its id, such as 3 of {@code queue-3}. */
    public static int number(String splitId) {
        return Integer.parseInt(splitId.substring(splitId.lastIndexOf('-') + 1));
    }

    /**
     * One attempt of one subtask.
     *
     * @param id a random name
     */
    public record Reader(String member, int subtask, String id) {}
}
