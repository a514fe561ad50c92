package io.leasehold.source.book;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which splits should leave the readers that have them, so that all have equally many, give or take
 * one, when each has gone to the reader that has the fewest.
 *
 * <p>The fewest possible: none where the readers are at most one apart. The same for the same
 * splits.
 */
final class ReaderSpread {

    private ReaderSpread() {}

    /**
     * What each reader has too much.
     *
     * @param splits what each reader has, by subtask; those that have nothing too
     * @return by subtask, only those that have to give something away
     */
    static Map<Integer, List<String>> surplus(Map<Integer, Set<String>> splits) {
        int all = splits.values().stream().mapToInt(Set::size).sum();
        // Who has most keeps one more, if it does not come out even.
        List<Integer> fullestFirst = new ArrayList<>(new TreeSet<>(splits.keySet()));
        fullestFirst.sort(
                Comparator.comparingInt((Integer subtask) -> splits.get(subtask).size())
                        .reversed());
        Map<Integer, List<String>> surplus = new TreeMap<>();
        for (int rank = 0; rank < fullestFirst.size(); rank++) {
            int subtask = fullestFirst.get(rank);
            int share = all / splits.size() + (rank < all % splits.size() ? 1 : 0);
            Set<String> has = splits.get(subtask);
            if (has.size() > share) {
                surplus.put(
                        subtask, has.stream().sorted().limit((long) has.size() - share).toList());
            }
        }
        return surplus;
    }
}
