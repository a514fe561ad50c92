package io.leasehold.lease.store;

import java.util.List;
import java.util.Set;

/** What became of a request to decide a checkpoint. */
public sealed interface Decision {

    /** The checkpoint is decided; its output may be committed. */
    record Decided() implements Decision {}

    /**
     * Rejected; nothing was changed. The checkpoint is <i>void</i>: it can never be decided, and
     * its output must never be committed.
     */
    sealed interface Rejected extends Decision {

        /** Why, as a sentence for people. */
        String reason();
    }

    /** The incarnation that completed the checkpoint is over and sealed. */
    record Sealed() implements Rejected {
        @Override
        public String reason() {
            return "The incarnation that completed the checkpoint is sealed: splits of it were acquired since it ended.";
        }
    }

    /**
     * Some of the splits are not, or no longer, owned by the incarnation that completed the
     * checkpoint in the epoch in which they were read.
     *
     * @param splitIds those splits, at least one
     */
    record SplitsLost(Set<String> splitIds) implements Rejected {
        public SplitsLost {
            splitIds = Set.copyOf(splitIds);
        }

        @Override
        public String reason() {
            List<String> sorted = splitIds.stream().sorted().toList();
            return "Splits that were read for the checkpoint have another owner or epoch by now: %s%s."
                    .formatted(
                            String.join(", ", sorted.subList(0, Math.min(SHOWN, sorted.size()))),
                            sorted.size() > SHOWN
                                    ? " and %s more".formatted(sorted.size() - SHOWN)
                                    : "");
        }
    }

    /** More splits than this are not named to people. */
    int SHOWN = 10;
}
