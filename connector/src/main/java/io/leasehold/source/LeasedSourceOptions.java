package io.leasehold.source;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.RestoreRule;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.LeaseStoreFactory;

import java.io.Serializable;
import java.time.Duration;
import java.util.Set;

/**
 * What a {@link LeasedSource} was built with.
 *
 * @param group jobs that name the same one share the queue
 * @param memberId this job within the group; the same after each of its restarts
 * @param store where the leases are
 * @param terms the times
 * @param share what part of the queue this job wants
 * @param startupTimeout how long a store that does not answer is asked when the job starts
 * @param deniedTimeout how long it runs without access to the store before it fails
 * @param progress when positions are recorded
 * @param restore where restored splits resume
 * @param onLost what it does when a lease it has is not its own any more
 * @param unalignedCheckpoints what it does where checkpoints may be unaligned
 * @param output who says what output of the job is committed
 * @param sinkPrefixes what the transactions of its sinks begin with, as far as that was said
 */
public record LeasedSourceOptions(
        String group,
        String memberId,
        LeaseStoreFactory store,
        LeaseTerms terms,
        Share share,
        Duration startupTimeout,
        Duration deniedTimeout,
        ProgressRecording progress,
        RestoreRule restore,
        LostLease onLost,
        UnalignedCheckpoints unalignedCheckpoints,
        OutputCommits output,
        Set<String> sinkPrefixes)
        implements Serializable {

    private static final long serialVersionUID = 1L;
}
