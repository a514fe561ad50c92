package io.leasehold.sink.book;

import java.util.Optional;

/** What was prepared for checkpoints up to one, and must be decided with it. */
public sealed interface Prepared {

    /** The bytes of the row; empty if nothing was prepared. */
    record Row(Optional<byte[]> bytes) implements Prepared {}

    /** Some of it can never be committed: the checkpoint must not be decided. */
    record Lost(String why) implements Prepared {}
}
