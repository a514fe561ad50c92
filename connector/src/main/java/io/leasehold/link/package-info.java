/** Where the leased source of a job and its leased sinks meet, in the JobManager. */
package io.leasehold.link;
