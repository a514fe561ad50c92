/** The threads of a leased source's own. */
package io.leasehold.source.thread;
