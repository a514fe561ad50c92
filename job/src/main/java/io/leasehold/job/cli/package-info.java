/** The command line: what people type, what they are told, and exit codes. */
package io.leasehold.job.cli;
