package io.leasehold.job.demo;

import io.leasehold.lease.model.Member;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The picture of who reads what, as text.
 *
 * @param ownership as the lease table says
 * @param splits what is known of each split, in order
 * @param memberIds in order
 * @param ended members that the demo has ended, and how
 * @param webUis by member id, as far as known
 * @param generated records so far
 * @param committed how many of them a reader of committed records has
 */
record OwnershipMap(
        Ownership ownership,
        List<Split> splits,
        List<String> memberIds,
        Map<String, String> ended,
        Map<String, String> webUis,
        long generated,
        long committed) {

    private static final String NOBODY = "-";

    /**
     * @param lag records generated and not emitted yet
     * @param perSecond records emitted per second
     */
    record Split(String id, long lag, double perSecond) {}

    /** Many lines, for a terminal. */
    List<String> picture(String headline) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add(headline);
        lines.add(
                String.format(Locale.ROOT, "generated %,d   committed %,d", generated, committed));
        lines.add("");
        lines.add("%-9s %-9s %6s %8s  %s".formatted("member", "state", "splits", "beat", "web ui"));
        for (String id : memberIds) {
            Optional<Member> row = Optional.ofNullable(ownership.members().get(id));
            lines.add(
                    "%-9s %-9s %6s %8s  %s"
                            .formatted(
                                    id,
                                    state(id),
                                    ownership.heldBy(id).size(),
                                    row.map(it -> Long.toString(it.beat())).orElse(NOBODY),
                                    webUis.getOrDefault(id, NOBODY)));
        }
        lines.add("");
        lines.add(
                "%-9s %-9s %6s %8s %10s".formatted("split", "owner", "epoch", "lag", "records/s"));
        for (Split split : splits) {
            lines.add(
                    String.format(
                            Locale.ROOT,
                            "%-9s %-9s %6d %8d %10.0f",
                            split.id(),
                            ownership.ownerOf(split.id()).orElse(NOBODY),
                            ownership.epochOf(split.id()),
                            split.lag(),
                            split.perSecond()));
        }
        return lines;
    }

    /** One line, where there is no terminal. */
    String line() {
        String held =
                memberIds.stream()
                        .map(id -> "%s[%s] %s".formatted(id, state(id), splitsOf(id)))
                        .collect(Collectors.joining("  "));
        long lag = splits.stream().mapToLong(Split::lag).sum();
        double perSecond = splits.stream().mapToDouble(Split::perSecond).sum();
        return String.format(
                Locale.ROOT,
                "%s  generated=%d committed=%d lag=%d records/s=%.0f",
                held,
                generated,
                committed,
                lag,
                perSecond);
    }

    private String splitsOf(String memberId) {
        String text =
                IntStream.range(0, splits.size())
                        .mapToObj(
                                i ->
                                        ownership
                                                        .ownerOf(splits.get(i).id())
                                                        .equals(Optional.of(memberId))
                                                ? i + ":e" + ownership.epochOf(splits.get(i).id())
                                                : "")
                        .filter(it -> !it.isEmpty())
                        .collect(Collectors.joining(","));
        return text.isEmpty() ? NOBODY : text;
    }

    private String state(String memberId) {
        return Optional.ofNullable(ended.get(memberId))
                .or(
                        () ->
                                Optional.ofNullable(ownership.members().get(memberId))
                                        .map(row -> row.state().name().toLowerCase(Locale.ROOT)))
                .orElse("starting");
    }
}
