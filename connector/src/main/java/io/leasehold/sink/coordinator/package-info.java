/** The coordinator of a leased sink, in the JobManager. */
package io.leasehold.sink.coordinator;
