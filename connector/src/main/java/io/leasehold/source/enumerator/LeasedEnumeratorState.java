package io.leasehold.source.enumerator;

import io.leasehold.source.split.LeasedSplit;

import org.apache.flink.api.connector.source.SourceSplit;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a checkpoint holds of an enumerator.
 *
 * @param inner the wrapped enumerator's own state
 * @param withheld splits that a reader's state held and that no reader has been granted since:
 *     nobody else remembers their positions
 * @param discovered splits that the wrapped enumerator gave away and that are not known to have a
 *     lease yet
 * @param found ids of all splits that the wrapped enumerator has found in this job's lives; empty
 *     if that is not known, as in a state that an earlier version wrote
 * @param output what is to be known of output; empty where it is not decided
 */
public record LeasedEnumeratorState<SplitT extends SourceSplit, InnerT>(
        InnerT inner,
        List<LeasedSplit<SplitT>> withheld,
        List<SplitT> discovered,
        Optional<Set<String>> found,
        Optional<OutputState> output)
        implements StoredEnumeratorState<SplitT, InnerT> {

    public LeasedEnumeratorState {
        withheld = List.copyOf(withheld);
        discovered = List.copyOf(discovered);
        found = found.map(Set::copyOf);
    }

    /** Of a job that does not decide its output. */
    public LeasedEnumeratorState(
            InnerT inner,
            List<LeasedSplit<SplitT>> withheld,
            List<SplitT> discovered,
            Optional<Set<String>> found) {
        this(inner, withheld, discovered, found, Optional.empty());
    }

    @Override
    public LeasedEnumeratorState<SplitT, InnerT> orThrow() {
        return this;
    }
}
