package io.leasehold.source.enumerator;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whether the jobs of a group mean the same by a split's id: what this job takes for a split's
 * bounds, wherever in it a reader stands, against what the lease table holds of the same split.
 *
 * <p>The table's word comes with each lease that is acquired, so that asking costs nothing. A split
 * that this job never gets is not compared.
 */
final class SplitBounds<SplitT> {

    /**
     * @param ours as this job's source has found the split
     * @param theirs as the table has it
     */
    record Difference(String ours, String theirs) {}

    private final Function<SplitT, String> boundsOf;
    private final Map<String, String> ours = new HashMap<>();

    SplitBounds(Function<SplitT, String> boundsOf) {
        this.boundsOf = boundsOf;
    }

    /** This job's source has found the split, or its state holds it; what was said first counts. */
    void found(String splitId, SplitT split) {
        ours.computeIfAbsent(splitId, first -> boundsOf.apply(split));
    }

    /** The difference to the split as it is in the table. */
    Optional<Difference> against(String splitId, SplitT inTable) {
        String theirs = boundsOf.apply(inTable);
        return Optional.ofNullable(ours.get(splitId))
                .filter(mine -> !mine.equals(theirs))
                .map(mine -> new Difference(mine, theirs));
    }

    /**
     * @param splitId the object that is kept: splits make theirs anew each time they are asked
     */
    void keepsName(String splitId) {
        String mine = ours.remove(splitId);
        if (mine != null) {
            ours.put(splitId, mine);
        }
    }
}
