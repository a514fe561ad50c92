/**
 * Who should have what. {@link io.leasehold.lease.plan.LeasePlanner} computes it from one view of
 * the group, so that every member that sees the same view comes to the same plan.
 */
package io.leasehold.lease.plan;
