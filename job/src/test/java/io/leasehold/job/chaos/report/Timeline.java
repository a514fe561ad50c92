package io.leasehold.job.chaos.report;

import io.leasehold.job.chaos.audit.Granted;
import io.leasehold.job.chaos.audit.Life;
import io.leasehold.job.chaos.audit.Run;
import io.leasehold.job.chaos.audit.Struck;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A picture of who emitted which split when: a lane for each split, and in it a bar for each
 * epoch's emissions with a thin one under it for its grants. A long run is wider than a screen, and
 * is scrolled; the splits' names stay.
 */
final class Timeline {

    private static final int NAMES = 70;
    private static final int LEAST_WIDTH = 1300;
    private static final int PER_SECOND = 5;
    private static final int BAR = 9;
    private static final int GRANT = 3;
    private static final int ROW = BAR + GRANT + 2;
    private static final int ROWS = 3;
    private static final int LANE = ROWS * ROW + 8;
    private static final int LABEL = 13;
    private static final int LABELS = 4;
    private static final int TOP = LABELS * LABEL + 8;
    private static final int BOTTOM = 20;
    private static final double LETTER = 6;
    private static final long NANOS_AFTER = Duration.ofSeconds(10).toNanos();

    private static final Map<String, String> COLOURS =
            Map.of("a", "#2b6cb0", "b", "#2f855a", "bare", "#b7791f");
    private static final String OTHER = "#718096";

    private final StringBuilder out = new StringBuilder();
    private final Run run;
    private final Map<String, List<Life>> splits;
    private final Map<String, List<Granted>> grants;
    private final double seconds;
    private final double width;
    private final int height;

    /**
     * @param splits the lives to show, by split
     * @param grants of the same splits, if there are any
     */
    Timeline(Run run, Map<String, List<Life>> splits, Map<String, List<Granted>> grants) {
        this.run = run;
        this.splits = splits;
        this.grants = grants;
        this.seconds = (end(run, splits) - run.startedAt()) / 1e9;
        this.width = Math.max(LEAST_WIDTH, seconds * PER_SECOND);
        this.height = TOP + splits.size() * LANE + BOTTOM;
    }

    /** Readers of the output may have waited for minutes after the last emission. */
    private static long end(Run run, Map<String, List<Life>> splits) {
        LongStream lasts =
                LongStream.concat(
                        splits.values().stream()
                                .flatMap(List::stream)
                                .mapToLong(it -> it.last().nanos()),
                        run.faults().stream().mapToLong(Struck::until));
        return run.startedAt()
                + Math.min(
                        run.endedAt() - run.startedAt(),
                        lasts.map(it -> it - run.startedAt()).max().orElse(0) + NANOS_AFTER);
    }

    /** The picture with what one must know to read it. */
    String section(String title) {
        add("<h2>%s</h2>\n<p>%s<br>\n", HtmlReport.escaped(title), key());
        add("A bar is a time of emission without a pause of a second; the number is the epoch.");
        if (!grants.isEmpty()) {
            add(" The thin bar under it is the time for which its reader was granted to emit.");
        }
        add(
                " Each life of a split is one row below the one before, or in the first row again.</p>\n");
        add("<div class=\"timeline\">");
        names();
        int picture = out.length();
        double right = Math.max(width, faults());
        axis();
        int lane = 0;
        for (Map.Entry<String, List<Life>> split : splits.entrySet()) {
            lane(TOP + lane++ * LANE, split.getKey(), split.getValue());
        }
        add("</svg></div></div>\n");
        out.insert(
                picture,
                "<div><svg width=\"%d\" height=\"%d\">\n".formatted((long) right + 20, height));
        return out.toString();
    }

    private String key() {
        return splits.values().stream()
                .flatMap(List::stream)
                .map(Life::member)
                .distinct()
                .sorted()
                .map(
                        it ->
                                "<span class=\"key\" style=\"background:%s\"></span> %s"
                                        .formatted(colour(it), HtmlReport.escaped(it)))
                .collect(Collectors.joining(" &nbsp; "));
    }

    private static String colour(String member) {
        return COLOURS.getOrDefault(member, OTHER);
    }

    private void names() {
        add("<svg width=\"%d\" height=\"%d\" style=\"flex: none\">\n", NAMES, height);
        int lane = 0;
        for (String split : splits.keySet()) {
            int middle = TOP + lane++ * LANE + ROWS * ROW / 2 + 4;
            add("<text x=\"0\" y=\"%d\">%s</text>\n", middle, HtmlReport.escaped(split));
        }
        add("</svg>");
    }

    /**
     * Their numbers are those of the table below; there is not always room for their texts.
     *
     * @return where the last of the texts ends
     */
    private double faults() {
        double[] free = new double[LABELS];
        StringBuilder labels = new StringBuilder();
        int number = 1;
        for (Struck fault : run.faults()) {
            double from = x(fault.from());
            double until = x(fault.until());
            int row = 0;
            for (int i = 1; i < LABELS; i++) {
                row = free[i] < free[row] ? i : row;
            }
            boolean room = free[row] <= from;
            String text = number++ + (room ? " " + fault.fault() : "");
            free[row] = Math.max(free[row], from + text.length() * LETTER);
            int top = row * LABEL;
            add(
                    "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"#e53e3e\" opacity=\"0.10\"/>\n",
                    from, TOP - 4, Math.max(1, until - from), height - TOP - BOTTOM + 4);
            add("<path d=\"M%.1f %dV%d\" stroke=\"#e53e3e\"/>\n", from, top + 2, height - BOTTOM);
            add(
                    "<path d=\"M%.1f %dV%d\" stroke=\"#e53e3e\" stroke-dasharray=\"3 3\"/>\n",
                    until, TOP - 4, height - BOTTOM);
            labels.append(
                    String.format(
                            Locale.ROOT,
                            "<text x=\"%.1f\" y=\"%d\" class=\"fault\">%s</text>\n",
                            from + 3,
                            top + LABEL - 2,
                            HtmlReport.escaped(text)));
        }
        // Behind all lines, which would go through them.
        out.append(labels);
        return DoubleStream.of(free).max().orElse(0);
    }

    private void axis() {
        int step = seconds > 120 ? 20 : 10;
        for (int at = 0; at <= seconds; at += step) {
            double x = at / seconds * width;
            add("<path d=\"M%.1f %dV%d\" stroke=\"#e2e8f0\"/>\n", x, TOP - 4, height - BOTTOM);
            add(
                    "<text x=\"%.1f\" y=\"%d\" fill=\"#718096\" text-anchor=\"%s\">%d s</text>\n",
                    x, height - 6, at == 0 ? "start" : "middle", at);
        }
    }

    private void lane(int top, String split, List<Life> lives) {
        List<Granted> granted = grants.getOrDefault(split, List.of());
        Map<Long, Integer> rows = rows(lives, granted);
        for (Granted grant : granted) {
            double from = x(grant.from());
            if (from > width) {
                continue;
            }
            add(
                    "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\" opacity=\"0.45\"><title>%s</title></rect>\n",
                    from,
                    top + rows.get(grant.epoch()) * ROW + BAR + 1,
                    Math.max(1, Math.min(x(grant.until()), width) - from),
                    GRANT,
                    colour(grant.member()),
                    HtmlReport.escaped(
                            "%s granted under epoch %d for %.1f s"
                                    .formatted(
                                            grant.member(),
                                            grant.epoch(),
                                            (grant.until() - grant.from()) / 1e9)));
        }
        int number = 0;
        for (Life life : lives) {
            int row = life.epoch() > 0 ? rows.get(life.epoch()) : number++ % ROWS;
            life(top + row * ROW, life);
        }
    }

    /** By epoch. */
    private static Map<Long, Integer> rows(List<Life> lives, List<Granted> granted) {
        Map<Long, Integer> rows = new HashMap<>();
        Stream.concat(lives.stream().map(Life::epoch), granted.stream().map(Granted::epoch))
                .distinct()
                .sorted()
                .forEach(epoch -> rows.put(epoch, rows.size() % ROWS));
        return rows;
    }

    private void life(int top, Life life) {
        boolean numbered = life.epoch() == 0;
        String epoch = Long.toString(life.epoch());
        for (Span span : Span.of(life)) {
            double from = x(span.first().nanos());
            double wide = Math.max(1.5, x(span.last().nanos()) - from);
            add(
                    "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"><title>%s</title></rect>\n",
                    from,
                    top,
                    wide,
                    BAR,
                    colour(life.member()),
                    HtmlReport.escaped(
                            "%s, %d records from offset %d"
                                    .formatted(
                                            life.name(), span.emissions(), span.first().offset())));
            if (!numbered && wide > epoch.length() * LETTER + 3) {
                numbered = true;
                add(
                        "<text x=\"%.1f\" y=\"%d\" fill=\"#fff\" style=\"font-size:8px\">%s</text>\n",
                        from + 2, top + BAR - 2, epoch);
            }
        }
    }

    private double x(long nanos) {
        return (nanos - run.startedAt()) / 1e9 / seconds * width;
    }

    private void add(String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values));
    }
}
