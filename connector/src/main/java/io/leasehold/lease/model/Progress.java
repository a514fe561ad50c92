package io.leasehold.lease.model;

import java.util.Arrays;
import java.util.Objects;

/**
 * Where the next reader of a split starts: the split with its position, as its own source writes
 * it.
 *
 * @param bytes the split in the bytes of its source's serializer; not copied, not to be changed
 * @param serializerVersion the version that serializer gave
 * @param text the same for people
 * @param checkpointId the completed checkpoint that covers everything before this position; 0 where
 *     the split has just been discovered
 */
public record Progress(byte[] bytes, int serializerVersion, String text, long checkpointId) {

    /** The longest {@link #text}; longer ones are cut. */
    public static final int LONGEST_TEXT = 500;

    public Progress {
        Objects.requireNonNull(bytes);
        text = Names.readable(text, LONGEST_TEXT);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Progress that
                && Arrays.equals(bytes, that.bytes)
                && serializerVersion == that.serializerVersion
                && text.equals(that.text)
                && checkpointId == that.checkpointId;
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(bytes) + Long.hashCode(checkpointId);
    }

    @Override
    public String toString() {
        return text + " as of checkpoint " + checkpointId;
    }
}
