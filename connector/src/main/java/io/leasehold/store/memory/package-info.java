/**
 * The reference store: all rules of {@link io.leasehold.lease.store.LeaseStore} in plain
 * collections, the oracle of the contract that every other store is held to. Within one JVM it is a
 * store like any other; it survives nothing.
 */
package io.leasehold.store.memory;
