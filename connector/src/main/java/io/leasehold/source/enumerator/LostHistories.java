package io.leasehold.source.enumerator;

import io.leasehold.lease.member.LostHistory;
import io.leasehold.lease.store.LeaseStoreFactory;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What enumerators in this process know of histories that their lease table has lost. A table that
 * went back restarts the job, and the next enumerator must not begin where the table begins: it
 * would give out epochs a second time.
 *
 * <p>Kept for as long as the classes are loaded, whatever the scheduler makes anew at a restart. A
 * JobManager that fails in the same moment forgets it.
 *
 * <p>On any thread.
 */
public final class LostHistories {

    private record Member(String store, String group, String memberId) {}

    private static final Map<Member, LostHistory> LOST = new ConcurrentHashMap<>();

    private LostHistories() {}

    static void remember(LeaseStoreFactory store, String group, String memberId, LostHistory lost) {
        LOST.merge(new Member(store.toString(), group, memberId), lost, LostHistory::and);
    }

    /** What is known of histories that this member saw and this store has lost. */
    public static Optional<LostHistory> of(LeaseStoreFactory store, String group, String memberId) {
        return Optional.ofNullable(LOST.get(new Member(store.toString(), group, memberId)));
    }
}
