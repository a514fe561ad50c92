package io.leasehold.option;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which known key somebody may have meant. */
final class NearestKey {

    private NearestKey() {}

    /** The known key with the fewest letters to change, if that is not most of them. */
    static Optional<String> of(String given, List<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(key -> changes(given, key)))
                .filter(key -> changes(given, key) <= Math.max(2, key.length() / 3));
    }

    /** Letters to insert, remove or replace to get from one to the other. */
    private static int changes(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
