package io.leasehold.job.bench.report;

import io.leasehold.job.bench.report.ReportFolder.Measured;

import java.util.List;
import java.util.Map;

/** The findings for people, in Markdown. */
final class Page {

    private final StringBuilder page = new StringBuilder();

    private Page() {}

    static String of(List<Measured> all) {
        Page page = new Page();
        page.line("# What leases cost, and how fast they move");
        page.line("");
        page.line("| benchmark | bar | measured | |");
        page.line("|---|---|---|---|");
        for (Measured measured : all) {
            for (Bar bar : measured.findings().bars()) {
                page.line(
                        "| [%s](#%s) | %s | %s | %s |"
                                .formatted(
                                        measured.findings().benchmark(),
                                        measured.findings().benchmark(),
                                        cell(bar.rule()),
                                        cell(bar.measured()),
                                        bar.met() ? "met" : "**not met**"));
            }
        }
        all.forEach(page::benchmark);
        return page.page.toString();
    }

    static String picture(Findings findings, int plot) {
        return "%s-%d.svg".formatted(findings.benchmark(), plot + 1);
    }

    private void benchmark(Measured measured) {
        Findings findings = measured.findings();
        line("");
        line("## " + findings.benchmark());
        line("");
        line(findings.question());
        line("");
        for (String remark : findings.remarks()) {
            line("- " + remark);
        }
        line("");
        line("| series | unit | median | p99 | least | most | samples |");
        line("|---|---|---:|---:|---:|---:|---:|");
        for (Series series : findings.series()) {
            line(
                    "| %s | %s | %s | %s | %s | %s | %d |"
                            .formatted(
                                    cell(series.name()),
                                    series.unit(),
                                    Series.figure(series.median()),
                                    Series.figure(series.p99()),
                                    Series.figure(series.least()),
                                    Series.figure(series.most()),
                                    series.samples().size()));
        }
        for (int i = 0; i < findings.plots().size(); i++) {
            line("");
            line("![%s](%s)".formatted(findings.plots().get(i).title(), picture(findings, i)));
        }
        line("");
        facts("Settings", findings.settings());
        facts("Machine", measured.machine());
    }

    private void facts(String title, Map<String, String> facts) {
        line(
                title
                        + ": "
                        + String.join(
                                ", ",
                                facts.entrySet().stream()
                                        .map(fact -> fact.getKey() + " " + fact.getValue())
                                        .toList())
                        + ".  ");
    }

    private static String cell(String words) {
        return words.replace("|", "\\|");
    }

    private void line(String line) {
        page.append(line).append('\n');
    }
}
