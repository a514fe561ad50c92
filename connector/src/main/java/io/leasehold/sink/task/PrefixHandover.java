package io.leasehold.sink.task;

import io.leasehold.sink.output.TransactionPrefix;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Brings the prefix of a sink's transactions from the operator that learns it from the coordinator
 * to the writer before it in the same chain: a writer can ask no coordinator. Flink initializes a
 * chain from its tail, so the prefix is there when the writer is created.
 */
public final class PrefixHandover {

    /**
     * Which writer.
     *
     * @param attempt counts the tasks of a subtask within one job
     */
    public record To(String linkId, String sinkId, int subtask, int attempt) {}

    private static final ConcurrentMap<To, TransactionPrefix> PREFIXES = new ConcurrentHashMap<>();

    private PrefixHandover() {}

    static void put(To to, TransactionPrefix prefix) {
        PREFIXES.put(to, prefix);
    }

    /** Takes back what no writer has fetched. */
    static void forget(To to) {
        PREFIXES.remove(to);
    }

    /**
     * @throws IllegalStateException if no operator of this process has put it there
     */
    public static TransactionPrefix take(To to) {
        return Optional.ofNullable(PREFIXES.remove(to))
                .orElseThrow(
                        () ->
                                new IllegalStateException(
                                        "The writer of the leased sink '%s' is not in one chain with the operator that decides its output. Do not disable operator chaining for it."
                                                .formatted(to.sinkId())));
    }
}
