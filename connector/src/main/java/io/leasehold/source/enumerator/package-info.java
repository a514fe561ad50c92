/**
 * The enumerator's side: the wrapped source's enumerator finds splits, the lease protocol says
 * which of them are ours, and the readers get those.
 */
package io.leasehold.source.enumerator;
