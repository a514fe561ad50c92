package io.leasehold.source.enumerator;

import io.leasehold.source.split.LeasedSplit;

import org.apache.flink.api.connector.source.SourceSplit;

import java.util.List;

/**
 * What a checkpoint holds of an enumerator.
 *
 * @param inner the wrapped enumerator's own state
 * @param withheld splits that a reader's state held and that no reader has been granted since:
 *     nobody else remembers their positions
 * @param discovered splits that the wrapped enumerator gave away and that are not known to have a
 *     lease yet
 */
public record LeasedEnumeratorState<SplitT extends SourceSplit, InnerT>(
        InnerT inner, List<LeasedSplit<SplitT>> withheld, List<SplitT> discovered) {

    public LeasedEnumeratorState {
        withheld = List.copyOf(withheld);
        discovered = List.copyOf(discovered);
    }
}
