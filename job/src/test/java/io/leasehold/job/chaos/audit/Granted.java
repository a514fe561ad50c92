package io.leasehold.job.chaos.audit;

import io.leasehold.job.chaos.emitter.GrantLine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A time in which one reader attempt could have emitted a split at any moment. Times are of {@link
 * System#nanoTime()}.
 *
 * @param from when it was told so
 * @param until when its last grant was over, or it was told to stop, or closed
 */
public record Granted(
        String split, String member, String reader, long epoch, long from, long until) {

    private record Holder(String split, String reader, long epoch) {}

    /**
     * Puts together what readers have written down.
     *
     * @param lines those of one reader in their order
     * @return by split, each in the order in which they began
     */
    public static Map<String, List<Granted>> of(List<GrantLine> lines) {
        Map<Holder, List<GrantLine>> byHolder =
                lines.stream()
                        .collect(
                                Collectors.groupingBy(
                                        it -> new Holder(it.split(), it.reader(), it.epoch()),
                                        LinkedHashMap::new,
                                        Collectors.toList()));
        Map<String, List<Granted>> grants = new TreeMap<>();
        byHolder.values()
                .forEach(
                        all ->
                                grants.computeIfAbsent(
                                                all.get(0).split(), none -> new ArrayList<>())
                                        .addAll(ofHolder(all)));
        grants.values().removeIf(List::isEmpty);
        grants.values().forEach(all -> all.sort(Comparator.comparingLong(Granted::from)));
        return grants;
    }

    private static List<Granted> ofHolder(List<GrantLine> lines) {
        List<Granted> grants = new ArrayList<>();
        long from = lines.get(0).at();
        long until = from;
        for (GrantLine line : lines) {
            if (line.at() - until > 0) {
                add(grants, line, from, until);
                from = line.at();
            }
            until = line.until();
        }
        add(grants, lines.get(0), from, until);
        return grants;
    }

    private static void add(List<Granted> grants, GrantLine of, long from, long until) {
        if (until - from > 0) {
            grants.add(new Granted(of.split(), of.member(), of.reader(), of.epoch(), from, until));
        }
    }
}
