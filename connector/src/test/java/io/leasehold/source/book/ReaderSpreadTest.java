package io.leasehold.source.book;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** What is so for every way in which up to four readers can have up to five splits each. */
@Timeout(30)
class ReaderSpreadTest {

    private static final int MOST_READERS = 4;
    private static final int MOST_SPLITS = 5;

    @Test
    void whenTheSurplusHasGoneToTheEmptiestNoTwoReadersAreMoreThanOneApart() {
        for (List<Integer> counts : allCounts()) {
            List<Integer> after = new ArrayList<>(counts);
            ReaderSpread.surplus(readers(counts))
                    .forEach(
                            (subtask, gone) ->
                                    after.set(subtask, after.get(subtask) - gone.size()));
            for (int i = 0; i < moves(counts); i++) {
                int emptiest = after.indexOf(Collections.min(after));
                after.set(emptiest, after.get(emptiest) + 1);
            }

            assertThat(Collections.max(after) - Collections.min(after))
                    .as("%s became %s", counts, after)
                    .isLessThanOrEqualTo(1);
        }
    }

    @Test
    void noFewerMovesWouldDo() {
        for (List<Integer> counts : allCounts()) {
            assertThat(moves(counts)).as("%s", counts).isEqualTo(fewestMoves(counts));
        }
    }

    @Test
    void readersAtMostOneApartKeepWhatTheyHave() {
        for (List<Integer> counts : allCounts()) {
            if (Collections.max(counts) - Collections.min(counts) <= 1) {
                assertThat(ReaderSpread.surplus(readers(counts))).as("%s", counts).isEmpty();
            }
        }
    }

    @Test
    void onlyWhatAReaderHasLeavesItAndEachSplitOnce() {
        for (List<Integer> counts : allCounts()) {
            Map<Integer, Set<String>> readers = readers(counts);
            ReaderSpread.surplus(readers)
                    .forEach(
                            (subtask, gone) ->
                                    assertThat(gone)
                                            .isNotEmpty()
                                            .doesNotHaveDuplicates()
                                            .isSubsetOf(readers.get(subtask)));
        }
    }

    @Test
    void inWhateverOrderTheyAreToldTheSameSplitsMove() {
        for (List<Integer> counts : allCounts()) {
            Map<Integer, Set<String>> readers = readers(counts);
            List<Integer> backwards = new ArrayList<>(readers.keySet());
            Collections.reverse(backwards);
            Map<Integer, Set<String>> other = new LinkedHashMap<>();
            backwards.forEach(subtask -> other.put(subtask, new HashSet<>(readers.get(subtask))));

            assertThat(ReaderSpread.surplus(other)).isEqualTo(ReaderSpread.surplus(readers));
        }
    }

    @Test
    void whereThereIsNoReaderNothingMoves() {
        assertThat(ReaderSpread.surplus(Map.of())).isEmpty();
    }

    private static int moves(List<Integer> counts) {
        return ReaderSpread.surplus(readers(counts)).values().stream().mapToInt(List::size).sum();
    }

    /** Over all ways to be even: who is to have one more than the others, if it must be. */
    private static int fewestMoves(List<Integer> counts) {
        int readers = counts.size();
        int all = counts.stream().mapToInt(Integer::intValue).sum();
        return IntStream.range(0, 1 << readers)
                .filter(more -> Integer.bitCount(more) == all % readers)
                .map(
                        more ->
                                IntStream.range(0, readers)
                                        .map(i -> counts.get(i) - all / readers - (more >> i & 1))
                                        .filter(surplus -> surplus > 0)
                                        .sum())
                .min()
                .orElseThrow();
    }

    private static List<List<Integer>> allCounts() {
        List<List<Integer>> all = new ArrayList<>();
        List<List<Integer>> shorter = List.of(List.of());
        for (int readers = 1; readers <= MOST_READERS; readers++) {
            List<List<Integer>> longer = new ArrayList<>();
            for (List<Integer> counts : shorter) {
                for (int splits = 0; splits <= MOST_SPLITS; splits++) {
                    List<Integer> one = new ArrayList<>(counts);
                    one.add(splits);
                    longer.add(one);
                }
            }
            all.addAll(longer);
            shorter = longer;
        }
        return all;
    }

    private static Map<Integer, Set<String>> readers(List<Integer> counts) {
        Map<Integer, Set<String>> readers = new TreeMap<>();
        for (int subtask = 0; subtask < counts.size(); subtask++) {
            Set<String> splits = new HashSet<>();
            for (int split = 0; split < counts.get(subtask); split++) {
                splits.add("split " + split + " of " + subtask);
            }
            readers.put(subtask, splits);
        }
        return readers;
    }
}
