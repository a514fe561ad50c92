package io.leasehold.job.chaos.report;

import io.leasehold.job.chaos.audit.Life;
import io.leasehold.job.chaos.audit.Run;
import io.leasehold.job.chaos.audit.Struck;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The findings for people: one page, with nothing to be loaded, that shows for each split who
 * emitted it when, under which epoch, and when what went wrong.
 */
public final class HtmlReport {

    private static final int LEFT = 90;
    private static final int WIDTH = 1300;
    private static final int LANE = 34;
    private static final int BAR = 9;
    private static final int TOP = 46;

    private static final Map<String, String> COLOURS =
            Map.of("a", "#2b6cb0", "b", "#2f855a", "bare", "#b7791f");

    private static final String PAGE =
            """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>%1$s</title>
            <style>
            body { font: 14px/1.45 sans-serif; margin: 24px; color: #1a202c; background: #fff }
            h1 { font-size: 20px; margin: 0 0 4px } h2 { font-size: 15px; margin: 22px 0 6px }
            .clean { color: #276749 } .failed { color: #c53030 }
            table { border-collapse: collapse } td, th { padding: 2px 14px 2px 0; text-align: right }
            th { font-weight: normal; color: #4a5568 } li { margin: 2px 0 }
            svg text { font: 11px sans-serif } .key { display: inline-block; width: 12px; height: 12px }
            </style></head><body>
            <h1>%1$s <span class="%2$s">%3$s</span></h1>
            <p>seed %4$d</p>
            %5$s
            %6$s
            </body></html>
            """;

    private final StringBuilder out = new StringBuilder();
    private final Run run;
    private final double seconds;

    private HtmlReport(Run run) {
        this.run = run;
        this.seconds = (run.endedAt() - run.startedAt()) / 1e9;
    }

    public static String of(Findings findings) {
        HtmlReport report = new HtmlReport(findings.run());
        report.timeline("With leases", findings.run().leased());
        if (!findings.run().bare().isEmpty()) {
            report.timeline("The same source without leases", findings.run().bare());
        }
        return PAGE.formatted(
                escaped(findings.scenario()),
                findings.clean() ? "clean" : "failed",
                findings.clean() ? "clean" : "failed",
                findings.seed(),
                figures(findings) + complaints(findings.complaints()),
                report.out);
    }

    private static String figures(Findings findings) {
        StringBuilder names = new StringBuilder();
        StringBuilder values = new StringBuilder();
        for (String figure : findings.audit().line().split(" ")) {
            String[] parts = figure.split("=");
            names.append("<th>").append(escaped(parts[0].replace('_', ' '))).append("</th>");
            values.append("<td>").append(escaped(parts[1])).append("</td>");
        }
        return "<table><tr>%s</tr><tr>%s</tr></table>".formatted(names, values);
    }

    private static String complaints(List<String> complaints) {
        StringBuilder list = new StringBuilder("<ul class=\"failed\">");
        complaints.forEach(it -> list.append("<li>").append(escaped(it)).append("</li>"));
        return list.append("</ul>").toString();
    }

    private void timeline(String title, Map<String, List<Life>> splits) {
        int height = TOP + splits.size() * LANE + 24;
        out.append("<h2>%s</h2>\n".formatted(escaped(title)));
        COLOURS.entrySet().stream()
                .filter(
                        it ->
                                splits.values().stream()
                                        .flatMap(List::stream)
                                        .anyMatch(life -> life.member().equals(it.getKey())))
                .sorted(Map.Entry.comparingByKey())
                .forEach(
                        it ->
                                out.append(
                                        "<span class=\"key\" style=\"background:%s\"></span> %s &nbsp; "
                                                .formatted(it.getValue(), escaped(it.getKey()))));
        out.append(
                "<br>A bar is a time of emission without a pause of a second; lower bars are later attempts; the number is the epoch.<br>\n");
        add("<svg width=\"%d\" height=\"%d\">\n", LEFT + WIDTH + 20, height);
        faults(height);
        axis(height);
        int lane = 0;
        for (Map.Entry<String, List<Life>> split : splits.entrySet()) {
            lane(TOP + lane * LANE, split.getKey(), split.getValue());
            lane++;
        }
        add("</svg>\n");
    }

    private void faults(int height) {
        int row = 0;
        for (Struck fault : run.faults()) {
            double from = x(fault.from());
            double until = x(fault.until());
            add(
                    "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"#e53e3e\" opacity=\"0.10\"/>\n",
                    from, TOP - 4, Math.max(1, until - from), height - TOP - 16);
            add(
                    "<line x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\" stroke=\"#e53e3e\"/>\n",
                    from, 6 + row % 3 * 12, height - 20);
            add(
                    "<line x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\" stroke=\"#e53e3e\" stroke-dasharray=\"3 3\"/>\n",
                    until, TOP - 4, height - 20);
            add(
                    "<text x=\"%.1f\" y=\"%d\" fill=\"#c53030\">%s</text>\n",
                    from + 3, 14 + row % 3 * 12, escaped(fault.fault()));
            row++;
        }
    }

    private void axis(int height) {
        int step = seconds > 600 ? 60 : seconds > 120 ? 20 : 10;
        for (int at = 0; at <= seconds; at += step) {
            double x = LEFT + at / seconds * WIDTH;
            add(
                    "<line x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\" stroke=\"#e2e8f0\"/>\n",
                    x, TOP - 4, height - 20);
            add(
                    "<text x=\"%.1f\" y=\"%d\" fill=\"#718096\" text-anchor=\"middle\">%d s</text>\n",
                    x, height - 6, at);
        }
    }

    private void lane(int y, String split, List<Life> lives) {
        add("<text x=\"0\" y=\"%d\">%s</text>\n", y + 14, escaped(split));
        int number = 0;
        for (Life life : lives) {
            int top = y + number % 3 * (BAR + 1);
            String colour = COLOURS.getOrDefault(life.member(), "#718096");
            for (Span span : Span.of(life)) {
                double from = x(span.first().nanos());
                add(
                        "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"><title>%s</title></rect>\n",
                        from,
                        top,
                        Math.max(1.5, x(span.last().nanos()) - from),
                        BAR,
                        colour,
                        escaped(
                                "%s, %d records from offset %d"
                                        .formatted(
                                                life.name(),
                                                span.emissions(),
                                                span.first().offset())));
            }
            if (life.epoch() > 0) {
                add(
                        "<text x=\"%.1f\" y=\"%d\" fill=\"#fff\" style=\"font-size:8px\">%d</text>\n",
                        x(life.first().nanos()) + 2, top + BAR - 2, life.epoch());
            }
            number++;
        }
    }

    private double x(long nanos) {
        return LEFT + (nanos - run.startedAt()) / 1e9 / seconds * WIDTH;
    }

    private void add(String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
