package io.leasehold.sink.book;

import io.leasehold.lease.model.DecidedOutput;

import java.util.List;

/**
 * What came at once of rows that are to be adopted.
 *
 * @param committed rows that are committed as they are, since there is nothing in them
 * @param unreadable why rows are left alone
 */
public record Adopted(List<DecidedOutput.Key> committed, List<String> unreadable) {

    public Adopted {
        committed = List.copyOf(committed);
        unreadable = List.copyOf(unreadable);
    }
}
