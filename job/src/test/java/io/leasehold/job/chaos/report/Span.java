package io.leasehold.job.chaos.report;

import io.leasehold.job.chaos.audit.Life;
import io.leasehold.job.chaos.emitter.Emission;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A time in which a life emitted without a pause worth showing.
 *
 * @param emissions the first of it and the last, and how many
 */
record Span(Life life, Emission first, Emission last, int emissions) {

    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    /** What a life emitted, cut where it paused. */
    static List<Span> of(Life life) {
        List<Span> spans = new ArrayList<>();
        Emission first = life.first();
        Emission last = first;
        int count = 0;
        for (Emission emission : life.emissions()) {
            if (emission.nanos() - last.nanos() > PAUSE_NANOS) {
                spans.add(new Span(life, first, last, count));
                first = emission;
                count = 0;
            }
            last = emission;
            count++;
        }
        spans.add(new Span(life, first, last, count));
        return spans;
    }
}
