package io.leasehold.job.chaos.report;

import io.leasehold.job.chaos.audit.Run;
import io.leasehold.job.chaos.audit.Struck;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The findings for people: one page, with nothing to be loaded, that shows for each split who
 * emitted it when, under which epoch and grant, and when what went wrong.
 */
public final class HtmlReport {

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
            svg { display: block } svg text { font: 11px sans-serif }
            svg .fault { fill: #c53030; stroke: #fff; stroke-width: 3px; paint-order: stroke }
            .timeline { display: flex } .timeline > div { overflow-x: auto }
            .key { display: inline-block; width: 12px; height: 12px }
            .faults td { text-align: left }
            </style></head><body>
            <h1>%1$s <span class="%2$s">%3$s</span></h1>
            <p>seed %4$d</p>
            %5$s
            </body></html>
            """;

    private HtmlReport() {}

    public static String of(Findings findings) {
        Run run = findings.run();
        StringBuilder body = new StringBuilder();
        body.append(figures(findings)).append(complaints(findings.complaints()));
        body.append(new Timeline(run, run.leased(), run.grants()).section("With leases"));
        if (!run.bare().isEmpty()) {
            body.append(
                    new Timeline(run, run.bare(), Map.of())
                            .section("The same source without leases"));
        }
        body.append(faults(run));
        return PAGE.formatted(
                escaped(findings.scenario()),
                findings.clean() ? "clean" : "failed",
                findings.clean() ? "clean" : "failed",
                findings.seed(),
                body);
    }

    private static String faults(Run run) {
        StringBuilder rows = new StringBuilder();
        int number = 1;
        for (Struck fault : run.faults()) {
            rows.append(
                    String.format(
                            Locale.ROOT,
                            "<tr><td>%d</td><td>%s</td><td>%.1f s</td><td>%.1f s</td></tr>\n",
                            number++,
                            escaped(fault.fault()),
                            (fault.from() - run.startedAt()) / 1e9,
                            (fault.until() - run.startedAt()) / 1e9));
        }
        return """
                <h2>Faults</h2>
                <table class="faults"><tr><th></th><th></th><th>from</th><th>until</th></tr>
                %s</table>
                """
                .formatted(rows);
    }

    private static String figures(Findings findings) {
        StringBuilder names = new StringBuilder();
        StringBuilder values = new StringBuilder();
        for (String figure : findings.figures().split(" ")) {
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

    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
