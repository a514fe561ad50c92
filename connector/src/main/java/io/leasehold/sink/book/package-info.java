/** What a leased sink decides: pure; events in, commands out. */
package io.leasehold.sink.book;
