package io.leasehold.job.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.List;

/** What the audit of a scenario has found. */
interface Finding {

    /** Whether all is as it must be. */
    boolean passed();

    /** The line that people and scripts look for. */
    String line();

    /** What is not as it must be, a sentence each. */
    List<String> faults();

    /**
     * Adds the figures to a report.
     *
     * @param startMillis what the report's times count from, in milliseconds since 1970
     */
    void addTo(ObjectNode report, long startMillis);
}
