package io.leasehold.lease.model;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;

/**
 * What one sink prepared for a decided checkpoint and what may not be committed yet.
 *
 * @param key which output it is
 * @param bytes all prepared output of that sink for that checkpoint, of all subtasks, as the sink
 *     writes it; not copied, not to be changed
 */
public record DecidedOutput(Key key, byte[] bytes) {

    /** The longest name of a sink, a state line, or an incarnation that decides, in characters. */
    public static final int LONGEST_NAME = 64;

    /**
     * The most bytes of output that one request may carry: a packet of MariaDB has 16 MiB by
     * default, and bytes may take up to twice their number there.
     */
    public static final int MOST_BYTES = 7 * 1024 * 1024;

    /**
     * Names the output of one sink for one checkpoint.
     *
     * @param checkpoint the decided checkpoint that the output belongs to
     * @param sinkId name of the sink, the same in all jobs that can commit its output
     */
    public record Key(DecidedCheckpoint checkpoint, String sinkId) implements Comparable<Key> {

        private static final Comparator<Key> ORDER =
                Comparator.comparing((Key key) -> key.checkpoint.incarnation().memberId())
                        .thenComparing(key -> key.checkpoint.incarnation().id())
                        .thenComparing(key -> key.checkpoint.checkpointId())
                        .thenComparing(Key::sinkId);

        public Key {
            Objects.requireNonNull(checkpoint);
            requireShort("sink id", sinkId);
        }

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }

        @Override
        public String toString() {
            return "output of sink '%s' for %s".formatted(sinkId, checkpoint);
        }
    }

    public DecidedOutput {
        Objects.requireNonNull(key);
        Objects.requireNonNull(bytes);
    }

    /** All of these names are in one key of the table, next to those of group and member. */
    static void requireShort(String what, String name) {
        Names.require(what, name);
        if (name.length() > LONGEST_NAME) {
            throw new IllegalArgumentException(
                    "The %s '%s' has %s characters; at most %s are possible where output is decided."
                            .formatted(what, name, name.length(), LONGEST_NAME));
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DecidedOutput that
                && key.equals(that.key)
                && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return key.hashCode();
    }

    @Override
    public String toString() {
        return "%s, %s bytes".formatted(key, bytes.length);
    }
}
