package io.leasehold.simulation;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * As many seeds as asked for, from the {@link FirstSeed} on; run by the Maven profile {@code
 * simulation} alone.
 */
class ManySeeds {

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void breakNoPromise() {
        long seeds = Long.getLong("simulation.seeds", 20_000);
        FirstSeed first = FirstSeed.here();
        System.out.println("simulation: " + first);

        Seeds.Total total = Seeds.run(LongStream.range(first.seed(), first.seed() + seeds));

        total.broken().forEach(System.out::println);
        System.out.println(total);
        assertThat(total.broken()).as("simulation: " + first).isEmpty();
        assertThat(total.toString()).contains("seeds=" + seeds);
    }
}
