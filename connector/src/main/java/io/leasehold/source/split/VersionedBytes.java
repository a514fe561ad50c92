package io.leasehold.source.split;

import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

import java.io.IOException;

/** A value in the bytes of its own serializer, with that serializer's version and the length. */
public final class VersionedBytes {

    private VersionedBytes() {}

    public static <T> void write(
            SimpleVersionedSerializer<T> serializer, T value, DataOutputSerializer out)
            throws IOException {
        byte[] bytes = serializer.serialize(value);
        out.writeInt(serializer.getVersion());
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    public static <T> T read(SimpleVersionedSerializer<T> serializer, DataInputDeserializer in)
            throws IOException {
        int version = in.readInt();
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException(
                    "The bytes are cut short: "
                            + length
                            + " announced, "
                            + in.available()
                            + " left.");
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return serializer.deserialize(version, bytes);
    }

    /** As {@code writeBoolean} writes it, and nothing else. */
    public static boolean readBoolean(DataInputDeserializer in) throws IOException {
        byte bit = in.readByte();
        if (bit != 0 && bit != 1) {
            throw new IOException("The byte " + bit + " is neither true nor false.");
        }
        return bit == 1;
    }

    /** Refuses versions of a later library. */
    public static void require(String what, int version, int known) throws IOException {
        if (version < 1 || version > known) {
            throw new IOException(
                    "A %s was written in version %s; this library reads versions 1 to %s. Restore with the library that wrote it, or a later one."
                            .formatted(what, version, known));
        }
    }

    /** Refuses bytes behind the end: they mean that the bytes are not what they seem. */
    public static void requireEnd(String what, DataInputDeserializer in) throws IOException {
        if (in.available() > 0) {
            throw new IOException(
                    "A "
                            + what
                            + " has "
                            + in.available()
                            + " bytes too many: not of this format.");
        }
    }
}
