/** The runnable job. */
package io.leasehold.job;
