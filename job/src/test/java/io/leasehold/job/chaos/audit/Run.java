package io.leasehold.job.chaos.audit;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What was seen of a run.
 *
 * @param startedAt by {@link System#nanoTime()}: when the load began
 * @param endedAt when the last process had been ended
 * @param leased the lives of all splits, read under leases
 * @param grants when which reader could have emitted each split under leases, in the order of their
 *     beginnings
 * @param bare the lives of all splits, read without, if there was such a job
 * @param produced how many records each split has
 * @param committed how many committed records there are, copies among them
 * @param copies how many committed copies, by split
 * @param missing how many records are not among the committed
 */
public record Run(
        long startedAt,
        long endedAt,
        List<Struck> faults,
        Map<String, List<Life>> leased,
        Map<String, List<Granted>> grants,
        Map<String, List<Life>> bare,
        Map<String, Long> produced,
        long committed,
        Map<String, Integer> copies,
        long missing) {

    /** All lives that were read under leases. */
    public Stream<Life> leasedLives() {
        return leased.values().stream().flatMap(List::stream);
    }

    /** The splits of which a member emitted records, where a life of it is as asked for. */
    public Set<String> splits(String member, Predicate<Life> which) {
        return leasedLives()
                .filter(it -> it.member().equals(member))
                .filter(which)
                .map(Life::split)
                .collect(Collectors.toSet());
    }

    /** The same run, as if that alone had been read under leases. */
    Run reading(Map<String, List<Life>> lives, Map<String, List<Granted>> granted) {
        return new Run(
                startedAt, endedAt, faults, lives, granted, bare, produced, committed, copies,
                missing);
    }

    public Struck firstFault() {
        return faults.get(0);
    }
}
