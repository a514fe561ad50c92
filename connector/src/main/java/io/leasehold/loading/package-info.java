/** Classes of a job, in a cluster that runs many. */
package io.leasehold.loading;
