package io.leasehold.job.bench.report;

import java.util.List;
import java.util.Map;

/**
 * What one benchmark found.
 *
 * @param benchmark its name
 * @param question what it answers, in a sentence
 * @param settings under which it was measured, in the order to be shown
 * @param remarks what one must know to read the figures
 */
public record Findings(
        String benchmark,
        String question,
        Map<String, String> settings,
        List<Series> series,
        List<Bar> bars,
        List<Plot> plots,
        List<String> remarks) {

    public boolean metAll() {
        return bars.stream().allMatch(Bar::met);
    }
}
