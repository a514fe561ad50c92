package io.leasehold.source.enumerator;

import org.apache.flink.api.connector.source.SourceSplit;

/**
 * What a checkpoint has for an enumerator: its state, or why that cannot be read.
 *
 * <p>Flink reads it before the coordinator has started. What is thrown there may be lost, see
 * {@link FailedEnumerator}.
 */
public sealed interface StoredEnumeratorState<SplitT extends SourceSplit, InnerT>
        permits LeasedEnumeratorState, UnreadableEnumeratorState {

    /**
     * The state.
     *
     * @throws Throwable what reading it has thrown
     */
    LeasedEnumeratorState<SplitT, InnerT> orThrow() throws Throwable;
}
