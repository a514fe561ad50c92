/**
 * One member of a group: what it holds, until when, and what it wants next.
 *
 * <p>{@code OwnSplit} draws as a table what becomes of one split, {@code MemberLife} what becomes
 * of the incarnation, {@code JobState} what becomes of its job. {@code GroupView} is what all of it
 * starts from; {@code LeaseKeeper} says in which order requests are made of it.
 *
 * <p>Everything here is values in, values out. No class of this package reads a clock, starts a
 * thread, does I/O, logs or rolls dice. Times are passed in as nanoseconds of the caller's
 * monotonic clock, whose origin is arbitrary and of which only differences are used (rule T7).
 */
package io.leasehold.lease.member;
