package io.leasehold.sink.kafka;

import org.apache.kafka.clients.admin.TransactionState;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Which of the open transactions of a broker closed members left behind.
 *
 * @param toDescribe the ids of those to abort, if they are still open
 * @param kept the ids of those that would be, if no row of decided output had their id
 */
record LingeringTransactions(List<String> toDescribe, List<String> kept) {

    /**
     * @param open the ids of all open transactions, anybody's
     * @param prefixes what is to be aborted begins with one of these
     * @param others and with none of these
     * @param decided ids that stand in rows of decided output
     */
    static LingeringTransactions among(
            Collection<String> open,
            Set<String> prefixes,
            Set<String> others,
            Set<String> decided) {
        List<String> toDescribe = new ArrayList<>();
        List<String> kept = new ArrayList<>();
        for (String name : open) {
            if (begins(name, prefixes) && !begins(name, others)) {
                (decided.contains(name) ? kept : toDescribe).add(name);
            }
        }
        return new LingeringTransactions(toDescribe, kept);
    }

    /** Those that still are open, as the broker describes them: exactly these may be aborted. */
    static List<KafkaTransaction> stillOpen(Collection<SeenTransaction> described) {
        return described.stream()
                .filter(seen -> seen.state() == TransactionState.ONGOING)
                .map(SeenTransaction::transaction)
                .toList();
    }

    private static boolean begins(String name, Set<String> prefixes) {
        return prefixes.stream().anyMatch(name::startsWith);
    }
}
