package io.leasehold.sink.coordinator;

/**
 * A checkpoint does not begin. No {@link java.io.IOException}: Flink counts those as failed
 * checkpoints, which may fail the job.
 */
final class CheckpointNotBegunException extends Exception {

    private static final long serialVersionUID = 1L;

    CheckpointNotBegunException(String message) {
        super(message);
    }
}
