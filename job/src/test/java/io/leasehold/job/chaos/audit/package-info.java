/** What came out of a run, and whether that is what was promised. */
package io.leasehold.job.chaos.audit;
