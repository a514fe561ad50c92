package io.leasehold.sink.coordinator;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What a checkpoint holds of a sink's coordinator: a version, and whether all subtasks had finished
 * before it.
 */
final class CoordinatorState {

    private static final int VERSION = 1;
    private static final int LENGTH = 5;

    private CoordinatorState() {}

    static byte[] write(boolean allFinished) {
        return ByteBuffer.allocate(LENGTH)
                .putInt(VERSION)
                .put((byte) (allFinished ? 1 : 0))
                .array();
    }

    static boolean readAllFinished(byte[] bytes) throws IOException {
        if (bytes.length != LENGTH || ByteBuffer.wrap(bytes).getInt() != VERSION) {
            throw new IOException(
                    "The state of a leased sink's coordinator has %s bytes and is not of version %s. Restore with the library that wrote it, or a later one."
                            .formatted(bytes.length, VERSION));
        }
        return bytes[LENGTH - 1] == 1;
    }
}
