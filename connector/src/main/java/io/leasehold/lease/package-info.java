/**
 * The lease protocol: how several independent jobs share the splits of one queue, so that every
 * split has one reader at a time, nothing is lost, and a planned move replays nothing.
 *
 * <p>Everything here is values in, values out. No class of this package reads a clock, starts a
 * thread, does I/O, logs or rolls dice; times are passed in as nanoseconds of the caller's
 * monotonic clock, whose origin is arbitrary and of which only differences are used (rule T7). The
 * package imports the JDK alone.
 *
 * <p>{@link io.leasehold.lease.LeasePlanner} decides who should have what, {@link
 * io.leasehold.lease.LeaseKeeper} remembers what one member has and until when, {@link
 * io.leasehold.lease.LeaseStore} is where the rows are.
 */
package io.leasehold.lease;
