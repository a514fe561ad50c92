package io.leasehold.job.bench.report;

/**
 * What was hoped for, and whether it is so.
 *
 * @param rule what was hoped for, in words
 * @param measured what it came to, in figures
 */
public record Bar(String rule, String measured, boolean met) {

    public static Bar atMost(String what, double most, double measured, String unit) {
        return new Bar(
                "%s <= %s %s".formatted(what, Series.figure(most), unit).strip(),
                "%s %s".formatted(Series.figure(measured), unit).strip(),
                measured <= most);
    }

    public static Bar atLeast(String what, double least, double measured, String unit) {
        return new Bar(
                "%s >= %s %s".formatted(what, Series.figure(least), unit).strip(),
                "%s %s".formatted(Series.figure(measured), unit).strip(),
                measured >= least);
    }

    public String line() {
        return "%s: %s (%s)".formatted(met ? "met" : "NOT MET", rule, measured);
    }
}
