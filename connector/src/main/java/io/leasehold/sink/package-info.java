/**
 * Output that moves with its split: sinks whose prepared output is committed only if the lease
 * table has decided its checkpoint. So far what a kind of sink must be able to do, and what is
 * checked at start.
 */
package io.leasehold.sink;
