package io.leasehold.simulation;

/** A split in Flink state, or on its way to a reader. */
record Held(long position, long tenure, long epoch) {

    Held at(long position) {
        return new Held(position, tenure, epoch);
    }
}
