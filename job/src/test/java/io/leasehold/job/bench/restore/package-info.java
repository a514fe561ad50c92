/** How long it takes until a restored job reads again. */
package io.leasehold.job.bench.restore;
