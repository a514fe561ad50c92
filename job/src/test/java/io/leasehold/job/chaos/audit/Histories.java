package io.leasehold.job.chaos.audit;

import io.leasehold.job.chaos.emitter.Emission;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What of a run belongs to the history that the lease table lost. A life does if it began before
 * its member noticed. Times are of {@link System#nanoTime()}.
 */
final class Histories {

    private final Run run;
    private final Map<String, List<Notice>> notices;

    /** When the replica stopped to follow. */
    final long lostFrom;

    /** When the primary was about to end. */
    final long died;

    /** When the replica had been promoted. */
    final long promoted;

    /**
     * @param notices by member
     */
    Histories(Run run, Map<String, List<Notice>> notices) {
        this.run = run;
        this.notices = notices;
        Struck promotion = run.faults().get(run.faults().size() - 1);
        lostFrom = run.firstFault().until();
        died = promotion.from();
        promoted = promotion.until();
    }

    /** When the member noticed, if it did. */
    OptionalLong noticedAt(String member) {
        return notices.getOrDefault(member, List.of()).stream().mapToLong(Notice::at).findFirst();
    }

    boolean ofLostHistory(Life life) {
        OptionalLong at = noticedAt(life.member());
        return at.isPresent() && life.first().nanos() - at.getAsLong() < 0;
    }

    /** The run until the primary ended. */
    Run before() {
        return of(
                life -> true,
                emission -> emission.nanos() - died < 0,
                grant -> grant.from() - died < 0);
    }

    /** The run of those lives, and those grants, that are not of the lost history. */
    Run after() {
        return of(
                life -> !ofLostHistory(life),
                emission -> true,
                grant -> {
                    OptionalLong at = noticedAt(grant.member());
                    return at.isEmpty() || grant.from() - at.getAsLong() > 0;
                });
    }

    private Run of(
            Predicate<Life> lives, Predicate<Emission> emissions, Predicate<Granted> grants) {
        List<Emission> kept =
                run.leasedLives()
                        .filter(lives)
                        .flatMap(it -> it.emissions().stream())
                        .filter(emissions)
                        .collect(Collectors.toCollection(ArrayList::new));
        Map<String, List<Granted>> granted = new TreeMap<>();
        run.grants()
                .forEach(
                        (split, all) -> {
                            List<Granted> some = all.stream().filter(grants).toList();
                            if (!some.isEmpty()) {
                                granted.put(split, some);
                            }
                        });
        return run.reading(Life.of(kept), granted);
    }
}
