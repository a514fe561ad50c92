package io.leasehold.job.chaos.report;

import io.leasehold.job.chaos.audit.Audit;
import io.leasehold.job.chaos.audit.Run;
import io.leasehold.job.chaos.audit.WentBack;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A run with what was made of it.
 *
 * @param wentBack what came of it, if the lease table went back
 * @param unmet what should have happened in this scenario and has not
 */
public record Findings(
        String scenario,
        long seed,
        Run run,
        Audit audit,
        Optional<WentBack> wentBack,
        List<String> unmet) {

    public boolean clean() {
        return complaints().isEmpty();
    }

    /** All that is not as it should be, in sentences. */
    public List<String> complaints() {
        return Stream.concat(unmet.stream(), audit.findings().stream()).toList();
    }

    /** All figures, as {@code name=value}, with blanks in between. */
    String figures() {
        return audit.line() + wentBack.map(it -> " " + it.line()).orElse("");
    }

    /** The line that people and scripts look for. */
    public String line() {
        return "AUDIT scenario=%s seed=%d %s result=%s"
                .formatted(scenario, seed, figures(), clean() ? "clean" : "FAILED");
    }
}
