package io.leasehold.job.chaos.report;

import io.leasehold.job.chaos.audit.Audit;
import io.leasehold.job.chaos.audit.Granted;
import io.leasehold.job.chaos.audit.Life;
import io.leasehold.job.chaos.audit.Run;
import io.leasehold.job.chaos.audit.Struck;
import io.leasehold.job.chaos.emitter.Emission;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(10)
class HtmlReportTest {

    private static final long SECOND = 1_000_000_000L;

    /** Two seconds of emissions and a grant of three, five seconds after the beginning. */
    private static String page(int seconds, int faults) {
        List<Emission> emissions =
                LongStream.rangeClosed(0, 20)
                        .mapToObj(
                                it ->
                                        "q-0 %d 4 a 0.0.x %d"
                                                .formatted(it, 5 * SECOND + it * SECOND / 10))
                        .map(Emission::parse)
                        .toList();
        Run run =
                new Run(
                        0,
                        seconds * SECOND,
                        IntStream.range(0, faults).mapToObj(HtmlReportTest::fault).toList(),
                        Life.of(new ArrayList<>(emissions)),
                        Map.of(
                                "q-0",
                                List.of(new Granted("q-0", "a", "r", 4, 5 * SECOND, 8 * SECOND))),
                        Map.of(),
                        Map.of("q-0", 21L),
                        21,
                        Map.of(),
                        0);
        return HtmlReport.of(
                new Findings("storm", 7, run, Audit.of(run, false), Optional.empty(), List.of()));
    }

    /** From its number of seconds on, for one. */
    private static Struck fault(int number) {
        return new Struck("freeze <b>", number * SECOND, (number + 1) * SECOND, Map.of());
    }

    @Test
    void aGrantIsAThinBarUnderItsEmissions() {
        assertThat(page(13, 1))
                .contains(
                        "<rect x=\"500.0\" y=\"60\" width=\"200.0\" height=\"9\" fill=\"#2b6cb0\"><title>a/0.0.x#4, 21 records from offset 0")
                .contains(
                        "<rect x=\"500.0\" y=\"70\" width=\"300.0\" height=\"3\" fill=\"#2b6cb0\" opacity=\"0.45\"><title>a granted under epoch 4 for 3.0 s");
    }

    @Test
    void aLongRunIsWiderThanAScreen() {
        assertThat(page(2000, 990))
                .contains("<rect x=\"25.0\" y=\"60\" width=\"10.0\" height=\"9\"");
    }

    @Test
    void whatComesAfterTheLastEmissionIsNotShown() {
        assertThat(page(2000, 1)).contains(">10 s</text>").doesNotContain(">20 s</text>");
    }

    @Test
    void thePictureIsAsWideAsItsLastText() {
        assertThat(page(24, 24))
                .contains("<text x=\"1248.8\" y=\"50\" class=\"fault\">24 freeze &lt;b&gt;</text>")
                .contains("<svg width=\"1343\"");
    }

    @Test
    void aFaultWithoutRoomForItsTextIsFoundByItsNumber() {
        assertThat(page(2000, 990))
                .contains(">4 freeze &lt;b&gt;</text>", ">5</text>")
                .doesNotContain("<b>")
                .contains("<td>5</td><td>freeze &lt;b&gt;</td><td>4.0 s</td><td>5.0 s</td>");
    }
}
