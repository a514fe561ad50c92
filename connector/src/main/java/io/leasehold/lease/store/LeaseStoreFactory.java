package io.leasehold.lease.store;

import java.io.Serializable;
import java.time.Duration;

/**
 * Opens a {@link LeaseStore} where it is used: a job graph carries this, not the store.
 *
 * <p>{@code toString} names the store without any secret.
 */
public interface LeaseStoreFactory extends Serializable {

    /**
     * Refuses settings that can work nowhere, where the job is put together. Does no I/O, and looks
     * at nothing that may differ where the store is opened: files, variables, drivers.
     *
     * @throws IllegalArgumentException if the settings can never work, in one sentence
     */
    default void validate() {}

    /**
     * Opens the store. Does not yet connect: an unreachable store shows at the first request.
     *
     * @param timeout within which every request is answered
     * @throws LeaseStoreException if the settings can never work
     */
    LeaseStore open(Duration timeout) throws LeaseStoreException;
}
