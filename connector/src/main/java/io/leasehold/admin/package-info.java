/**
 * What operators do with a group: see it, and change it by the rules that its members go by. It
 * knows the lease table alone, through {@link io.leasehold.lease.store.LeaseStore}.
 */
package io.leasehold.admin;
