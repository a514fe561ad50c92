package io.leasehold.lease.store;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * What a store is, and what this user may do there.
 *
 * @param product the store's own name and version
 * @param schemaVersion what this library reads and writes
 * @param clock the store's; {@link Instant#EPOCH} if it has none
 * @param rights one for each thing that a member or an operator must be able to do
 * @param warnings settings that let the store lose changes that it has answered, a sentence each
 */
public record StoreCheck(
        String product,
        int schemaVersion,
        Instant clock,
        List<Right> rights,
        List<String> warnings) {

    /**
     * @param what what is to be done, such as {@code UPDATE lease}
     * @param forMembers whether members need it; else they do without
     * @param neededBy what needs it, with the verb: for people
     * @param refusal what the store says against it; empty if it may be done
     */
    public record Right(String what, boolean forMembers, String neededBy, String refusal) {

        public boolean granted() {
            return refusal.isEmpty();
        }
    }

    public StoreCheck {
        Objects.requireNonNull(clock);
        rights = List.copyOf(rights);
        warnings = List.copyOf(warnings);
    }
}
