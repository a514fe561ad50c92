package io.leasehold.job.chaos.emitter;

/**
 * For how long a reader attempt may emit a split, as it knew when it wrote this down. Its next line
 * about the split under the same epoch takes the place of this one.
 *
 * @param split such as {@code queue-3}
 * @param epoch under which
 * @param member the job that the reader is part of
 * @param reader the reader attempt's name
 * @param at when it was written down, by {@link System#nanoTime()}
 * @param until when it must be silent, by the same clock; {@code at} if it must be from now on
 */
public record GrantLine(
        String split, long epoch, String member, String reader, long at, long until) {

    private static final String BETWEEN = " ";

    /** The same as one line of text, without its end. */
    public String line() {
        return String.join(
                BETWEEN,
                split,
                Long.toString(epoch),
                member,
                reader,
                Long.toString(at),
                Long.toString(until));
    }

    /**
     * @param line as {@link #line()} wrote it
     * @throws IllegalArgumentException if it is something else
     */
    public static GrantLine parse(String line) {
        String[] parts = line.split(BETWEEN);
        if (parts.length != 6) {
            throw new IllegalArgumentException("No grant: " + line);
        }
        return new GrantLine(
                parts[0],
                Long.parseLong(parts[1]),
                parts[2],
                parts[3],
                Long.parseLong(parts[4]),
                Long.parseLong(parts[5]));
    }
}
