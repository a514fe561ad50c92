package io.leasehold.lease.store;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** What every request keeps to that names many splits. */
final class NamedSplits {

    private NamedSplits() {}

    /**
     * @throws IllegalArgumentException if a split is named twice, or they are too many for one
     *     request
     */
    static <S> List<S> eachOnce(Collection<S> splits, Function<S, String> splitId) {
        if (splits.size() > LeaseRequest.MOST_SPLITS) {
            throw new IllegalArgumentException(
                    "A request names %s splits; at most %s fit into one."
                            .formatted(splits.size(), LeaseRequest.MOST_SPLITS));
        }
        Set<String> named = new HashSet<>();
        for (S split : splits) {
            if (!named.add(splitId.apply(split))) {
                throw new IllegalArgumentException(
                        "A request names the split '%s' twice.".formatted(splitId.apply(split)));
            }
        }
        return List.copyOf(splits);
    }
}
