/**
 * What leases cost and how fast they move, measured on this machine against what a user would pick
 * instead. Nothing here is a test: a bar that is not met is reported, and fails no build.
 */
package io.leasehold.job.bench;
