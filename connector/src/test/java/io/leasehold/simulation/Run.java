package io.leasehold.simulation;

import java.util.List;

/** What came of a scenario. */
record Run(Scenario scenario, List<Fact> history, List<Violation> violations, long steps) {}
