package io.leasehold.simulation;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.simulation.Violation.Promise;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Judges a history in which the table went back, by what holds then.
 *
 * <ul>
 *   <li>S1 from when everybody has noticed.
 *   <li>S2: a job gets no epoch of a split that is not beyond all that its readers had, unless its
 *       process was lost since; and from when everybody has noticed, epochs grow.
 *   <li>S4, always: nobody starts behind a record that no completed checkpoint covers.
 *   <li>In the end every split is read.
 * </ul>
 */
final class LostHistoryChecker {

    private static final long STILL = 20 * Scenario.SECOND;

    private final List<Violation> violations = new ArrayList<>();
    private final Map<String, Long> covered = new HashMap<>();
    private final Map<Incarnation, String> lines = new HashMap<>();

    /** By line, then by split, the highest epoch that its readers had. */
    private final Map<String, Map<String, Long>> had = new HashMap<>();

    private final Map<String, Long> lastEpoch = new HashMap<>();
    private boolean noticed;

    private LostHistoryChecker() {}

    /**
     * @param left the leases in the end
     */
    static List<Violation> violations(List<Fact> history, List<Lease> left) {
        LostHistoryChecker checker = new LostHistoryChecker();
        history.forEach(checker::judge);
        checker.judgeEmitters(history);
        checker.judgeEnd(history, left);
        return checker.violations;
    }

    private void judge(Fact fact) {
        if (fact instanceof Fact.Lives lives) {
            lines.put(lives.incarnation(), lives.line());
        } else if (fact instanceof Fact.Noticed) {
            noticed = true;
            lastEpoch.clear();
        } else if (fact instanceof Fact.Trouble trouble && trouble.what().equals("crash")) {
            lines.forEach(
                    (incarnation, line) -> {
                        if (incarnation.toString().equals(trouble.who())) {
                            had.remove(line);
                        }
                    });
        } else if (fact instanceof Fact.Discovered discovered) {
            covered.merge(discovered.splitId(), discovered.position(), Math::max);
        } else if (fact instanceof Fact.Checkpointed checkpoint) {
            checkpoint
                    .positions()
                    .forEach((splitId, at) -> covered.merge(splitId, at.position(), Math::max));
        } else if (fact instanceof Fact.Started started) {
            began(started);
            if (started.position() > covered.getOrDefault(started.splitId(), 0L)) {
                violated(
                        Promise.S4_NOTHING_LOST,
                        started,
                        started.splitId(),
                        "%s starts at %d, but no completed checkpoint covers %d"
                                .formatted(
                                        started.attempt(),
                                        started.position(),
                                        covered.getOrDefault(started.splitId(), 0L)));
            }
        } else if (fact instanceof Fact.Acquired acquired) {
            acquired(acquired);
        }
    }

    /** A request that arrives late may acquire an epoch again, but nobody reads by that. */
    private void began(Fact.Started started) {
        Long before =
                had.computeIfAbsent(started.line(), none -> new HashMap<>())
                        .put(started.splitId(), started.epoch());
        if (before != null && before >= started.epoch()) {
            violated(
                    Promise.S2_FENCED,
                    started,
                    started.splitId(),
                    "%s reads in epoch %d, though its job read in %d"
                            .formatted(started.attempt(), started.epoch(), before));
        }
    }

    private void acquired(Fact.Acquired acquired) {
        Long last = lastEpoch.put(acquired.splitId(), acquired.epoch());
        if (noticed && last != null && last >= acquired.epoch()) {
            violated(
                    Promise.S2_FENCED,
                    acquired,
                    acquired.splitId(),
                    "%s got epoch %d after %d was given out"
                            .formatted(acquired.by(), acquired.epoch(), last));
        }
    }

    /** As in any history, from when everybody has noticed. */
    private void judgeEmitters(List<Fact> history) {
        List<Fact> emitted =
                history.stream()
                        .dropWhile(fact -> !(fact instanceof Fact.Noticed))
                        .filter(Fact.Emitted.class::isInstance)
                        .toList();
        violations.addAll(HistoryChecker.violations(emitted, 0));
    }

    private void judgeEnd(List<Fact> history, List<Lease> left) {
        Fact.Killed killed =
                history.stream()
                        .filter(Fact.Killed.class::isInstance)
                        .map(Fact.Killed.class::cast)
                        .findFirst()
                        .orElse(null);
        if (killed == null) {
            return;
        }
        Map<String, Fact.Lives> alive = new HashMap<>();
        Set<String> flowing = new HashSet<>();
        for (Fact fact : history) {
            if (fact.at() >= killed.at()) {
                break;
            } else if (fact instanceof Fact.Lives lives) {
                alive.put(lives.line(), lives);
            } else if (fact instanceof Fact.Stopped stopped) {
                alive.remove(stopped.line());
            } else if (fact instanceof Fact.Emitted emitted && emitted.at() > killed.at() - STILL) {
                flowing.add(emitted.splitId());
            }
        }
        CalmShares shares = new CalmShares(inTheTable(history), killed.at(), alive.values());
        Set<String> finished =
                left.stream()
                        .filter(Lease::finished)
                        .map(Lease::splitId)
                        .collect(Collectors.toSet());
        for (Lease lease : left) {
            if (!lease.finished()
                    && finished.containsAll(lease.parents())
                    && !flowing.contains(lease.splitId())
                    && shares.someoneTakes("", lease.splitId())) {
                violated(
                        Promise.L3_SETTLED,
                        killed,
                        lease.splitId(),
                        "nobody reads it, long after calm: " + lease);
            }
        }
    }

    /** Without what was done to the table and is lost: an order that was lifted stands again. */
    private static List<Fact> inTheTable(List<Fact> history) {
        List<Fact> kept = new ArrayList<>();
        int copied = 0;
        for (Fact fact : history) {
            if (fact instanceof Fact.Copied) {
                copied = kept.size();
            } else if (fact instanceof Fact.WentBack) {
                kept.subList(copied, kept.size()).removeIf(Fact.ToTheTable.class::isInstance);
            }
            kept.add(fact);
        }
        return kept;
    }

    private void violated(Promise promise, Fact fact, String about, String what) {
        violations.add(new Violation(promise, fact.at(), about, what));
    }
}
