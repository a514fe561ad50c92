/**
 * The values of the lease protocol: lease, member, claim, position, share, terms. Each is immutable
 * and checks what it is made of. The package imports the JDK alone.
 */
package io.leasehold.lease.model;
