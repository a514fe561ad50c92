package io.leasehold.source.split;

import org.apache.flink.core.io.SimpleVersionedSerializer;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

/**
 * Tells what this library wrote into a job's state from what the wrapped source wrote there before
 * it was wrapped.
 *
 * <p>Flink stores with each value the version that its serializer gave, and nothing else of the
 * serializer. Ours is a number that no other serializer counts up to, so that a source that is not
 * wrapped any more refuses it. But the first library's was 1, and so are others'. Bytes of that
 * version are ours if they are of our format to the last byte: every length in them must fit, and
 * what they hold of the wrapped source's must be readable by its own serializer. The wrapped
 * source's own bytes are not, but for one chance in some thousand millions.
 */
public final class StateVersion {

    /** The first library's. */
    static final int FIRST = 1;

    /** Letters and a counter; the counter is what people are told. */
    private static final int MARK = 0x4C48_0000;

    private static final int COUNTER = 0xFFFF;

    /** From which on an enumerator's state tells what its source has found. */
    private static final int FOUND = 3;

    /** From which on it tells of output that is decided. */
    private static final int OUTPUT = 4;

    /**
     * What is written, of splits and of enumerators alike; the format of splits is that of version
     * 1.
     */
    public static final int CURRENT = MARK | 4;

    private StateVersion() {}

    /** Whether an enumerator's state of that version tells what its source has found. */
    public static boolean tellsWhatWasFound(int version) {
        return isFrom(FOUND, version);
    }

    /** Whether an enumerator's state of that version tells of output that is decided. */
    public static boolean tellsOfOutput(int version) {
        return isFrom(OUTPUT, version);
    }

    private static boolean isFrom(int counter, int version) {
        return (version & ~COUNTER) == MARK && (version & COUNTER) >= counter;
    }

    /** Reads bytes of one format. */
    public interface Format<T> {
        T read(byte[] bytes) throws IOException;
    }

    /**
     * Reads what was stored.
     *
     * @param what what it is, for people
     * @param ours reads the format of this library, and refuses any other
     * @param before reads what the wrapped source wrote
     * @param adopted makes ours of that
     * @throws UnreadableStateException if it is of a later version of either, or of neither's
     *     format
     */
    public static <T, BeforeT> T read(
            String what,
            int version,
            byte[] bytes,
            Format<T> ours,
            SimpleVersionedSerializer<BeforeT> before,
            Function<BeforeT, T> adopted)
            throws UnreadableStateException {
        if ((version & ~COUNTER) == MARK) {
            return marked(what, version & COUNTER, bytes, ours);
        }
        if (version == FIRST) {
            Optional<T> first = attempt(ours, bytes);
            if (first.isPresent()) {
                return first.get();
            }
        }
        if (version > before.getVersion()) {
            throw new UnreadableStateException(
                    "A %s was written in version %s, neither by this library nor by the wrapped source, which writes version %s. Restore with the library or the source that wrote it, or a later one."
                            .formatted(what, version, before.getVersion()));
        }
        return adopted.apply(
                attempt(all -> before.deserialize(version, all), bytes)
                        .orElseThrow(
                                () ->
                                        new UnreadableStateException(
                                                "A %s of version %s is neither of this library's format nor of the wrapped source's."
                                                        .formatted(what, version))));
    }

    /** Whatever its content throws, an {@link Error} too, would be thrown again. */
    private static <T> T marked(String what, int version, byte[] bytes, Format<T> ours)
            throws UnreadableStateException {
        try {
            VersionedBytes.require(what, version, CURRENT & COUNTER);
            return ours.read(bytes);
        } catch (IOException | RuntimeException | LinkageError e) {
            throw new UnreadableStateException(
                    "A %s in this job's state cannot be read: %s".formatted(what, e.getMessage()),
                    e);
        }
    }

    private static <T> Optional<T> attempt(Format<T> format, byte[] bytes) {
        try {
            return Optional.of(format.read(bytes));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }
}
