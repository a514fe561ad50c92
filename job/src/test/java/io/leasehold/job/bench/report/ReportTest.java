package io.leasehold.job.bench.report;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ReportTest {

    @TempDir private Path folder;

    private static Series series(double... samples) {
        return new Series("pause", "ms", Arrays.stream(samples).boxed().toList());
    }

    private static Findings findings(Plot.Axis x) {
        return new Findings(
                "handoff",
                "How long does a split stand still?",
                Map.of("splits", "4"),
                List.of(series(1, 2, 4)),
                List.of(Bar.atMost("pause", 3, 4, "ms"), Bar.atLeast("ratio", 0.98, 1, "")),
                List.of(
                        new Plot(
                                "Pauses",
                                x,
                                new Plot.Axis("pause <ms>", false),
                                List.of(
                                        new Plot.Curve(
                                                "leased",
                                                true,
                                                List.of(
                                                        new Plot.Point(10, 1),
                                                        new Plot.Point(1_000, 4)))))),
                List.of("Nobody else was there."));
    }

    @Test
    void aQuantileLiesBetweenTheTwoSamplesNearestToIt() {
        assertThat(series(4, 1, 3, 2).median()).isEqualTo(2.5);
        assertThat(series(7).p99()).isEqualTo(7);
        assertThat(series(IntStream.rangeClosed(0, 200).asDoubleStream().toArray()).p99())
                .isEqualTo(198);
        assertThat(series(4, 1, 3).least()).isEqualTo(1);
        assertThat(series(4, 1, 3).most()).isEqualTo(4);
    }

    @Test
    void whereNothingWasMeasuredThereIsNoSeries() {
        assertThatThrownBy(() -> series()).hasMessage("Nothing was measured of 'pause'.");
    }

    @Test
    void figuresHaveThreeDigitsThatMatter() {
        assertThat(List.of(12345.6, 99.44, 1.234, 0.98, 0.0).stream().map(Series::figure))
                .containsExactly("12,346", "99.4", "1.23", "0.980", "0");
    }

    @Test
    void aBarIsMetUpToItsLimit() {
        assertThat(Bar.atMost("pause", 3, 3, "ms").line())
                .isEqualTo("met: pause <= 3.00 ms (3.00 ms)");
        assertThat(Bar.atMost("pause", 3, 3.1, "ms").met()).isFalse();
        assertThat(Bar.atLeast("ratio", 0.98, 0.98, "").met()).isTrue();
        assertThat(Bar.atLeast("ratio", 0.98, 0.97, "").line())
                .isEqualTo("NOT MET: ratio >= 0.980 (0.970)");
    }

    @Test
    void thePageIsMadeOfWhatIsStored() throws Exception {
        ReportFolder report = new ReportFolder(folder);
        report.write(
                new ReportFolder.Measured(
                        Map.of("java", "17"), findings(new Plot.Axis("splits", true))));
        report.writePage(List.of("overhead", "handoff"));

        assertThat(Files.readString(folder.resolve("report.md")))
                .contains(
                        "| [handoff](#handoff) | pause <= 3.00 ms | 4.00 ms | **not met** |",
                        "| [handoff](#handoff) | ratio >= 0.980 | 1.00 | met |",
                        "| pause | ms | 2.00 | 3.96 | 1.00 | 4.00 | 3 |",
                        "![Pauses](handoff-1.svg)",
                        "- Nobody else was there.",
                        "Settings: splits 4.",
                        "Machine: java 17.")
                .doesNotContain("overhead");
        assertThat(Files.readString(folder.resolve("handoff.json")))
                .contains("\"median\" : 2.0", "\"samples\" : [ 1.0, 2.0, 4.0 ]");
    }

    @Test
    void aPictureHasEveryPointInsideItsFrame() {
        for (boolean logarithmic : new boolean[] {true, false}) {
            String svg = Svg.of(findings(new Plot.Axis("splits", logarithmic)).plots().get(0));
            assertThat(svg)
                    .contains(
                            "<circle cx=\"530.0\" cy=\"40.0\"", "pause &lt;ms&gt;", ">1,000</text>")
                    .endsWith("</svg>\n");
        }
        assertThat(Svg.of(findings(new Plot.Axis("splits", true)).plots().get(0)))
                .contains("<circle cx=\"80.0\" cy=\"272.5\"", ">10.0</text>");
    }
}
