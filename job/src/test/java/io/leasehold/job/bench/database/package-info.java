/** Databases, and what is said to them. */
package io.leasehold.job.bench.database;
