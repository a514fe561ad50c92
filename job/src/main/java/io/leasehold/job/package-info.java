/**
 * The runnable job: Kafka topics read under leases, repeated records dropped, the rest written to a
 * Kafka topic. {@link io.leasehold.job.JobOptions} declares every option.
 */
package io.leasehold.job;
