/** The parts of the benchmark {@code overhead}: what is read, how it is timed, what JMH runs. */
package io.leasehold.job.bench.overhead;
