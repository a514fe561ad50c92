package io.leasehold.job.chaos.audit;

import io.leasehold.job.chaos.emitter.Emission;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What members read again that could not know that it had been committed, after a lease table went
 * back.
 *
 * @param records how many committed records may therefore be there once too often
 * @param findings where a member began before the position that the table came back with
 */
record ReadAgain(long records, List<String> findings) {

    /** Emissions of one attempt; those of one that the failover interrupted are two parts. */
    private record Part(String member, List<Emission> emissions) {

        Emission first() {
            return emissions.get(0);
        }

        Emission last() {
            return emissions.get(emissions.size() - 1);
        }
    }

    static ReadAgain in(Run run, Histories histories) {
        Map<String, Long> progress = run.faults().get(run.faults().size() - 1).progress();
        List<String> findings = new ArrayList<>();
        long records = 0;
        for (Map.Entry<String, List<Life>> split : run.leased().entrySet()) {
            long recorded = progress.getOrDefault(split.getKey(), 0L);
            List<Part> parts = parts(split.getValue(), histories);
            if (!staysWithItsMember(parts, histories)) {
                records += readAgain(parts, histories);
                parts.stream()
                        .filter(it -> it.first().nanos() - histories.died > 0)
                        .filter(it -> it.first().offset() < recorded)
                        .forEach(
                                it ->
                                        findings.add(
                                                "%s: %s began at %d, before %d, which the table had"
                                                        .formatted(
                                                                split.getKey(),
                                                                it.member(),
                                                                it.first().offset(),
                                                                recorded)));
            }
        }
        return new ReadAgain(records, findings);
    }

    /** In the order in which they began. */
    private static List<Part> parts(List<Life> lives, Histories histories) {
        List<Part> parts = new ArrayList<>();
        for (Life life : lives) {
            life.emissions().stream()
                    .collect(
                            Collectors.partitioningBy(
                                    it ->
                                            !histories.ofLostHistory(life)
                                                    && it.nanos() - histories.died > 0))
                    .values()
                    .stream()
                    .filter(it -> !it.isEmpty())
                    .forEach(it -> parts.add(new Part(life.member(), it)));
        }
        parts.sort((one, other) -> Long.signum(one.first().nanos() - other.first().nanos()));
        return parts;
    }

    /** The member that had the split in the first place goes on with it: its state knows. */
    private static boolean staysWithItsMember(List<Part> parts, Histories histories) {
        List<Part> touched =
                parts.stream().filter(it -> it.last().nanos() - histories.lostFrom > 0).toList();
        return touched.isEmpty()
                || touched.stream().map(Part::member).distinct().count() == 1
                        && touched.get(0).first().nanos() - histories.lostFrom < 0;
    }

    private static long readAgain(List<Part> parts, Histories histories) {
        long records = 0;
        long reached = 0;
        for (Part part : parts) {
            if (part.first().nanos() - histories.lostFrom > 0) {
                records += Math.max(0, reached - part.first().offset());
            }
            reached = Math.max(reached, part.last().offset() + 1);
        }
        return records;
    }
}
