/** What leases cost at the database, beside a conditional write for each split. */
package io.leasehold.job.bench.tick;
