package io.leasehold.sink.output;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Which open transactions are to be aborted: those whose names begin with one of the prefixes, and
 * with none of the others.
 *
 * @param prefixes of closed members, see {@link TransactionPrefix#ofMember(String)}; for what
 *     earlier lives of this very member left, its own
 * @param others what must not be touched: the line that this member writes in, see {@link
 *     TransactionPrefix#text()}
 * @param decided output that is decided and whose row still exists. Nothing is aborted that has the
 *     name of one of these, even if it is of a later use of that name: while a row exists, the fate
 *     of its output must stay readable
 * @param <CommT> the sink's committables
 */
public record OpenOutput<CommT>(
        Set<String> prefixes, Set<String> others, Collection<CommT> decided) {

    /**
     * @throws IllegalArgumentException if a prefix is empty, and would fit everything
     */
    public OpenOutput {
        prefixes = Set.copyOf(prefixes);
        others = Set.copyOf(others);
        decided = List.copyOf(decided);
        if (prefixes.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException(
                    "A prefix of transactions to abort is empty; it would abort everybody's.");
        }
    }
}
