/** What a run has shown, for programs and for people who would rather look than read. */
package io.leasehold.job.chaos.report;
