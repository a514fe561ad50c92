/** What the enumerator and the readers of one job say to each other. */
package io.leasehold.source.event;
