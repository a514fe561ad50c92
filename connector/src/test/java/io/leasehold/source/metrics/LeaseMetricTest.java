package io.leasehold.source.metrics;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/** What is written of metrics is what there is. */
@Timeout(30)
class LeaseMetricTest {

    /** As they are reported on that side. */
    static Set<String> names(LeaseMetric.Place place) {
        return Arrays.stream(LeaseMetric.values())
                .filter(metric -> metric.place() == place)
                .map(metric -> LeaseMetric.GROUP + "." + metric.metricName())
                .collect(Collectors.toSet());
    }

    @Test
    void noNameIsTwice() {
        assertThat(LeaseMetric.values())
                .extracting(LeaseMetric::metricName)
                .doesNotHaveDuplicates();
    }

    @Test
    void theReadmeNamesEachAndNoOther() throws IOException {
        List<String> table =
                Files.readAllLines(Path.of("..", "README.md")).stream()
                        .dropWhile(line -> !line.equals("## Metrics"))
                        .dropWhile(line -> !line.startsWith("| `"))
                        .takeWhile(line -> line.startsWith("|"))
                        .toList();

        assertThat(table)
                .containsExactlyElementsOf(
                        Arrays.stream(LeaseMetric.values()).map(LeaseMetricTest::row).toList());
    }

    private static String row(LeaseMetric metric) {
        return "| `%s` | %s | %s | %s | %s |"
                .formatted(
                        metric.metricName(),
                        metric.place().name().toLowerCase(Locale.ROOT),
                        metric.kind().name().toLowerCase(Locale.ROOT),
                        metric.unit(),
                        metric.meaning());
    }
}
