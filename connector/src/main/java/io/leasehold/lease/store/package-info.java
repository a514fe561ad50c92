/**
 * The contract of the lease table: which requests there are, what each answers, and what may be
 * said when the answer is lost. {@link io.leasehold.lease.store.LeaseStore} is implemented in
 * {@code io.leasehold.store}.
 */
package io.leasehold.lease.store;
