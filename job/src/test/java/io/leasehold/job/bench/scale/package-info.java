/** What grows with members and splits, and how fast. */
package io.leasehold.job.bench.scale;
