/** Real enumerators in a Flink of which only the coordinator is there. */
package io.leasehold.job.bench.enumerator;
