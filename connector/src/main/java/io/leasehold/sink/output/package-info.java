/** What a kind of sink must be able to do so that its output can be leased, and nothing of how. */
package io.leasehold.sink.output;
