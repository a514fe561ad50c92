/** The reader's side: the wrapped source's reader behind a gate. */
package io.leasehold.source.reader;
