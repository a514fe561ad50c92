package io.leasehold.source.enumerator;

import org.apache.flink.api.connector.source.SourceSplit;

/**
 * A state that cannot be read.
 *
 * @param why what reading it has thrown
 */
record UnreadableEnumeratorState<SplitT extends SourceSplit, InnerT>(Throwable why)
        implements StoredEnumeratorState<SplitT, InnerT> {

    @Override
    public LeasedEnumeratorState<SplitT, InnerT> orThrow() throws Throwable {
        throw why;
    }
}
