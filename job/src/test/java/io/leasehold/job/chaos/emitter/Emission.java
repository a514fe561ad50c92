package io.leasehold.job.chaos.emitter;

/**
 * One record, emitted once.
 *
 * <p>A public record of plain fields, so that Flink serializes it field by field.
 *
 * @param split where it came from, such as {@code queue-3}
 * @param offset its position there
 * @param epoch under which the split was read; 0 if it was read without a lease
 * @param member which job emitted it
 * @param attempt which life of which subtask
 * @param nanos when, by {@link System#nanoTime()}: on Linux the time since this machine started,
 *     which all processes of one machine share
 */
public record Emission(
        String split, long offset, long epoch, String member, Attempt attempt, long nanos) {

    private static final String BETWEEN = " ";

    /**
     * One life of one subtask.
     *
     * @param subtask which of the operator's
     * @param number as Flink counts the subtask's executions, from 0
     * @param id a random name
     */
    public record Attempt(int subtask, int number, String id) {

        /** Of a record that nobody has emitted yet. */
        static final Attempt NONE = new Attempt(0, 0, "none");

        @Override
        public String toString() {
            return subtask + "." + number + "." + id;
        }

        static Attempt parse(String text) {
            String[] parts = text.split("\\.", 3);
            return new Attempt(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), parts[2]);
        }
    }

    static Emission read(String split, long offset) {
        return new Emission(split, offset, 0, "", Attempt.NONE, 0);
    }

    Emission under(long epoch) {
        return new Emission(split, offset, epoch, member, attempt, nanos);
    }

    Emission by(String member, Attempt attempt, long nanos) {
        return new Emission(split, offset, epoch, member, attempt, nanos);
    }

    /** The same as one line of text, without its end. */
    public String line() {
        return String.join(
                BETWEEN,
                split,
                Long.toString(offset),
                Long.toString(epoch),
                member,
                attempt.toString(),
                Long.toString(nanos));
    }

    /**
     * @param line as {@link #line()} wrote it
     * @throws IllegalArgumentException if it is something else
     */
    public static Emission parse(String line) {
        String[] parts = line.split(BETWEEN);
        if (parts.length != 6) {
            throw new IllegalArgumentException("No emission: " + line);
        }
        return new Emission(
                parts[0],
                Long.parseLong(parts[1]),
                Long.parseLong(parts[2]),
                parts[3],
                Attempt.parse(parts[4]),
                Long.parseLong(parts[5]));
    }
}
