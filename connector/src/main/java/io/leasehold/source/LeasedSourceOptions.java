package io.leasehold.source;

import io.leasehold.lease.LeaseStoreFactory;
import io.leasehold.lease.LeaseTerms;

import java.io.Serializable;
import java.time.Duration;

/**
 * What a {@link LeasedSource} was built with.
 *
 * @param group jobs that name the same one share the queue
 * @param memberId this job within the group; the same after each of its restarts
 * @param store where the leases are
 * @param terms the times
 * @param weight the share of this job relative to the others
 * @param startupTimeout how long a store that does not answer is asked when the job starts
 * @param progress when positions are recorded
 */
public record LeasedSourceOptions(
        String group,
        String memberId,
        LeaseStoreFactory store,
        LeaseTerms terms,
        int weight,
        Duration startupTimeout,
        ProgressRecording progress)
        implements Serializable {

    private static final long serialVersionUID = 1L;
}
