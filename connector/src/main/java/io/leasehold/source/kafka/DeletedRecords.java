package io.leasehold.source.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Counts records that a topic deleted before they were read: those between where a reader stands
 * and the first that is still there. Offsets are counted, of which compaction and transactions
 * leave some without a record; and a reader may have read some of them since it last said where it
 * stands. So each number is the most there can be.
 */
final class DeletedRecords {

    /** Where readers stand, or up to where deleted records were counted, whichever is later. */
    private final Map<String, Long> counted = new HashMap<>();

    /** A reader stands there; a position that is no offset says nothing. */
    void standsAt(String partition, long offset) {
        if (offset >= 0) {
            counted.merge(partition, offset, Math::max);
        }
    }

    /** A reader begins there, wherever it or another one stood before. */
    void beginsAt(String partition, long offset) {
        counted.remove(partition);
        standsAt(partition, offset);
    }

    /**
     * The first record that the topic still has is there.
     *
     * @return how many were deleted since that was last asked; empty if none was
     */
    OptionalLong firstIs(String partition, long offset) {
        Long from = counted.get(partition);
        if (from == null || from >= offset) {
            return OptionalLong.empty();
        }
        counted.put(partition, offset);
        return OptionalLong.of(offset - from);
    }

    /** Only these are read any more. */
    void keep(Set<String> partitions) {
        counted.keySet().retainAll(partitions);
    }
}
