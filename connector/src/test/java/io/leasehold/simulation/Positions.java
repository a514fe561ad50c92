package io.leasehold.simulation;

import io.leasehold.lease.model.Progress;

import java.nio.ByteBuffer;

/** Positions as a simulated source writes them. */
final class Positions {

    private Positions() {}

    static Progress as(long position, long checkpointId) {
        byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(position).array();
        return new Progress(bytes, 1, "record " + position, checkpointId);
    }

    static long of(Progress progress) {
        return of(progress.bytes());
    }

    static long of(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong();
    }
}
