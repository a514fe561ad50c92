package io.leasehold.simulation;

import java.util.List;
import java.util.stream.Collectors;

/** Makes a failing scenario short, and tells it so that a person can follow. */
final class Shrinker {

    private static final int MOST_FACTS = 60;

    private Shrinker() {}

    /** A run that breaks the same promise with nothing in it that could be left out. */
    static Run shrink(Run failing, Rules.Maker rules) {
        Run shortest = failing;
        boolean shorter = true;
        while (shorter) {
            shorter = false;
            for (Scenario simpler : shortest.scenario().simpler()) {
                Run run = World.run(simpler, rules.make());
                if (breaks(run, failing.violations().get(0).promise())) {
                    shortest = run;
                    shorter = true;
                    break;
                }
            }
        }
        return shortest;
    }

    private static boolean breaks(Run run, Violation.Promise promise) {
        return run.violations().stream().anyMatch(violation -> violation.promise() == promise);
    }

    /** The seed, what is left of its scenario, and what happened around the first violation. */
    static String tell(Run run) {
        Violation violation = run.violations().get(0);
        Scenario scenario = run.scenario();
        return """
                seed %d: %s
                jobs:    %s
                splits:  %s
                mishaps: %s
                %s
                what happened around it:
                %s
                """
                .formatted(
                        scenario.seed(),
                        violation,
                        lines(scenario.jobs()),
                        lines(scenario.splits()),
                        lines(scenario.mishaps()),
                        scenario.noise(),
                        around(run, violation));
    }

    private static String lines(List<?> things) {
        return things.stream().map(Object::toString).collect(Collectors.joining("\n         "));
    }

    private static String around(Run run, Violation violation) {
        List<Fact> told =
                run.history().stream()
                        .filter(fact -> fact.at() <= violation.at())
                        .filter(fact -> concerns(fact, violation.about()))
                        .toList();
        return told.subList(Math.max(0, told.size() - MOST_FACTS), told.size()).stream()
                .map(fact -> "%12.6f %s".formatted(fact.at() / 1e9, fact))
                .collect(Collectors.joining("\n"));
    }

    /** What is about other splits is left out, if the violation is about one. */
    private static boolean concerns(Fact fact, String about) {
        String splitId = splitOf(fact);
        return about.isEmpty() || splitId.isEmpty() || splitId.equals(about);
    }

    private static String splitOf(Fact fact) {
        if (fact instanceof Fact.Discovered it) {
            return it.splitId();
        } else if (fact instanceof Fact.Acquired it) {
            return it.splitId();
        } else if (fact instanceof Fact.Progressed it) {
            return it.splitId();
        } else if (fact instanceof Fact.Ended it) {
            return it.splitId();
        } else if (fact instanceof Fact.Released it) {
            return it.splitId();
        } else if (fact instanceof Fact.Claimed it) {
            return it.splitId();
        } else if (fact instanceof Fact.Withdrawn it) {
            return it.splitId();
        } else if (fact instanceof Fact.Rated it) {
            return it.splitId();
        } else if (fact instanceof Fact.Started it) {
            return it.splitId();
        } else if (fact instanceof Fact.Emitted it) {
            return it.splitId();
        }
        return "";
    }
}
