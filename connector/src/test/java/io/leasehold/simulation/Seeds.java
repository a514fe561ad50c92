package io.leasehold.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Runs many seeds, on all processors there are. */
final class Seeds {

    private Seeds() {}

    /** What came of them; runs themselves are too big to be kept. */
    static final class Total {
        private final Map<Class<?>, Long> facts = new HashMap<>();
        private final List<String> broken = new ArrayList<>();
        private long seeds;
        private long steps;
        private long violations;

        private synchronized void add(Run run) {
            seeds++;
            steps += run.steps();
            run.history().forEach(fact -> facts.merge(fact.getClass(), 1L, Long::sum));
            if (!run.violations().isEmpty()) {
                violations++;
                if (broken.size() < 3) {
                    broken.add(Shrinker.tell(Shrinker.shrink(run, () -> Rules.KEPT)));
                }
            }
        }

        /** The first few seeds that break a promise, shortened. */
        List<String> broken() {
            return broken;
        }

        long count(Class<? extends Fact> type) {
            return facts.getOrDefault(type, 0L);
        }

        @Override
        public String toString() {
            return "simulation: seeds=%d steps=%d violations=%d"
                    .formatted(seeds, steps, violations);
        }
    }

    static Total run(LongStream seeds) {
        Total total = new Total();
        seeds.parallel()
                .mapToObj(Scenario::of)
                .forEach(scenario -> total.add(World.run(scenario, Rules.KEPT)));
        return total;
    }
}
