package io.leasehold.admin;

import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.LeaseChanges;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.SplitRequest.Read;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a member that drains has still to do: said at first, and again when it is something else.
 * For one thread.
 */
final class Remaining {

    private final Desk desk;
    private final String memberId;
    private final Set<String> held = new HashSet<>();

    /** The change number that the leases were read up to. */
    private long readUpTo;

    private String said = "";

    Remaining(Desk desk, String memberId) {
        this.desk = desk;
        this.memberId = memberId;
    }

    /**
     * Says what remains, if it was not what was said last. The store is asked only when something
     * has changed in the group, and only for that.
     *
     * @param seen the members as they were just read
     */
    void look(Membership seen) throws LeaseStoreException, RefusedException {
        if (seen.changeNumber() <= readUpTo) {
            return;
        }
        LeaseChanges changes = desk.ask(new Read(desk.group(), readUpTo));
        readUpTo = changes.changeNumber();
        changes.leases()
                .forEach(
                        lease -> {
                            if (lease.ownerId().equals(Optional.of(memberId))) {
                                held.add(lease.splitId());
                            } else {
                                held.remove(lease.splitId());
                            }
                        });
        String remains =
                switch (held.size()) {
                    case 0 -> "%s: waits for one more checkpoint".formatted(memberId);
                    case 1 -> "%s: 1 split left".formatted(memberId);
                    default -> "%s: %s splits left".formatted(memberId, held.size());
                };
        if (!remains.equals(said)) {
            desk.notices().accept(remains);
            said = remains;
        }
    }
}
