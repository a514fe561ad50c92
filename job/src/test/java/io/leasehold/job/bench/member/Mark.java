package io.leasehold.job.bench.member;

/**
 * What a reader has written down of its emissions. All times are of {@link System#nanoTime()}: on
 * Linux the time since this machine started, which all processes of one machine share.
 */
public sealed interface Mark {

    /** The same as one line of text, without its end. */
    String line();

    /** A record that another reader may have come before, as far as this one knows. */
    record Began(int split, long offset, long nanos) implements Mark {
        @Override
        public String line() {
            return "began %d %d %d".formatted(split, offset, nanos);
        }
    }

    /**
     * A record that came late after the one before it.
     *
     * @param from when the one before it came
     */
    record Gap(int split, long from, long until) implements Mark {

        /** How long it was. */
        public long nanos() {
            return until - from;
        }

        @Override
        public String line() {
            return "gap %d %d %d".formatted(split, from, until);
        }
    }

    /**
     * The last record before a checkpoint's barrier, of a split that has had some since the last
     * barrier.
     */
    record Reached(long checkpoint, int split, long offset, long nanos) implements Mark {
        @Override
        public String line() {
            return "reached %d %d %d %d".formatted(checkpoint, split, offset, nanos);
        }
    }

    /** A checkpoint of the whole job, and how long it took, from its trigger to its completion. */
    record Completed(long checkpoint, long millis) implements Mark {
        @Override
        public String line() {
            return "completed %d %d".formatted(checkpoint, millis);
        }
    }

    /**
     * @param line as {@link #line()} wrote it
     * @throws IllegalArgumentException if it is something else
     */
    static Mark parse(String line) {
        String[] parts = line.split(" ");
        long[] numbers = new long[parts.length];
        for (int i = 1; i < parts.length; i++) {
            numbers[i] = Long.parseLong(parts[i]);
        }
        return switch (parts[0] + "/" + (parts.length - 1)) {
            case "began/3" -> new Began((int) numbers[1], numbers[2], numbers[3]);
            case "gap/3" -> new Gap((int) numbers[1], numbers[2], numbers[3]);
            case "reached/4" -> new Reached(numbers[1], (int) numbers[2], numbers[3], numbers[4]);
            case "completed/2" -> new Completed(numbers[1], numbers[2]);
            default -> throw new IllegalArgumentException("No mark: " + line);
        };
    }
}
