/**
 * Output that moves with its split: sinks whose prepared output is committed only if the lease
 * table has decided its checkpoint.
 */
package io.leasehold.sink;
