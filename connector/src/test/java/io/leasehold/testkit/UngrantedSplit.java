package io.leasehold.testkit;

import io.leasehold.source.split.LeasedSplit;

import org.apache.flink.api.connector.source.SourceSplit;

import java.util.Optional;

/** A split as it is in state: granted to nobody. */
public final class UngrantedSplit {

    private UngrantedSplit() {}

    public static <S extends SourceSplit> LeasedSplit<S> ungranted(LeasedSplit<S> split) {
        return LeasedSplit.of(split.positioned(), Optional.empty());
    }
}
