/** What benchmarks measured, for programs and for people. */
package io.leasehold.job.bench.report;
