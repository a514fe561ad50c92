package io.leasehold.source.enumerator;

import org.apache.flink.util.FlinkRuntimeException;

/**
 * This job may not read what it was reading. Thrown to fail it, so that it goes back to its last
 * checkpoint and nothing it emitted without a lease is committed (protocol section 7).
 */
public final class LeaseLostException extends FlinkRuntimeException {

    private static final long serialVersionUID = 1L;

    LeaseLostException(String message) {
        super(message);
    }
}
