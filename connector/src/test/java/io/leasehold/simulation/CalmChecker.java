package io.leasehold.simulation;

import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.MemberState;
import io.leasehold.simulation.Fact.Acquired;
import io.leasehold.simulation.Fact.Calm;
import io.leasehold.simulation.Fact.Checkpointed;
import io.leasehold.simulation.Fact.Claimed;
import io.leasehold.simulation.Fact.Closed;
import io.leasehold.simulation.Fact.Declared;
import io.leasehold.simulation.Fact.Discovered;
import io.leasehold.simulation.Fact.Emitted;
import io.leasehold.simulation.Fact.Ended;
import io.leasehold.simulation.Fact.Joined;
import io.leasehold.simulation.Fact.Killed;
import io.leasehold.simulation.Fact.Lives;
import io.leasehold.simulation.Fact.LostOnTheWay;
import io.leasehold.simulation.Fact.Outage;
import io.leasehold.simulation.Fact.Rated;
import io.leasehold.simulation.Fact.Released;
import io.leasehold.simulation.Fact.Stopped;
import io.leasehold.simulation.Fact.Trouble;
import io.leasehold.simulation.Fact.Withdrawn;
import io.leasehold.simulation.Violation.Promise;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Judges a history by what must come to pass, and by what must not happen without a cause. That
 * needs what fate did, which whoever made the history knows; where it is not told, nothing is
 * judged.
 */
final class CalmChecker {

    /** For how long before the calm ends nothing may move. */
    private static final Duration STILL = Duration.ofSeconds(20);

    /** For so long after calm a rate that is written may have been measured before it. */
    private static final Duration MEASURED_BEFORE = Duration.ofSeconds(5);

    /** An outage of this many ticks is surely longer than two of anybody's clock. */
    private final Duration blindAfter;

    private final List<Fact> history;
    private final List<Violation> violations = new ArrayList<>();

    private CalmChecker(List<Fact> history, Duration blindAfter) {
        this.history = history;
        this.blindAfter = blindAfter;
    }

    /**
     * @param blindAfter an outage of that length starts every observation again (T4)
     */
    static List<Violation> violations(List<Fact> history, Duration blindAfter) {
        CalmChecker checker = new CalmChecker(history, blindAfter);
        checker.judgeCloses();
        checker.judgeClaims();
        checker.judgeDrained();
        checker.judgeEmitters();
        checker.judgeRestarts();
        checker.all(Killed.class).findFirst().ifPresent(checker::judgeCalm);
        return checker.violations;
    }

    // ------------------------------------------------------------------- closed by somebody else

    private void judgeCloses() {
        Map<Incarnation, Duration> durations = new HashMap<>();
        all(Joined.class).forEach(joined -> durations.put(joined.by(), joined.duration()));
        Stream.concat(all(Closed.class).filter(closed -> !closed.byItself()), replaced())
                .forEach(closed -> judge(closed, durations.get(closed.closed()).toNanos()));
    }

    /**
     * Who is replaced in its row by another incarnation, not closed before, is as good as closed.
     */
    private Stream<Closed> replaced() {
        Map<String, Incarnation> rows = new HashMap<>();
        Set<Incarnation> over = new HashSet<>();
        List<Closed> replaced = new ArrayList<>();
        for (Fact fact : history) {
            if (fact instanceof Closed closed) {
                over.add(closed.closed());
            } else if (fact instanceof Joined joined) {
                Incarnation former = rows.put(joined.by().memberId(), joined.by());
                if (former != null && over.add(former)) {
                    replaced.add(
                            new Closed(joined.at(), former, false, joined.at(), Duration.ZERO));
                }
            }
        }
        return replaced.stream();
    }

    private void judge(Closed closed, long duration) {
        long shortest = duration / 100 * 98;
        boolean afterOutage =
                all(Outage.class)
                        .filter(outage -> outage.until() - outage.at() > blindAfter.toNanos())
                        .anyMatch(
                                outage ->
                                        outage.at() < closed.sentAt()
                                                && closed.sentAt() - outage.until() < shortest);
        if (afterOutage) {
            violated(
                    Promise.OUTAGE_MOVES_NOTHING,
                    closed,
                    closed.closed().toString(),
                    "was called dead sooner after an outage than its duration of " + duration);
        }
        long since = closed.sentAt() - duration / 100 * 103;
        String who = closed.closed().toString();
        boolean trouble =
                all(Outage.class).anyMatch(o -> o.at() < closed.sentAt() && o.until() > since)
                        || all(Trouble.class)
                                .filter(t -> t.who().equals(who))
                                .anyMatch(t -> t.at() < closed.sentAt() && t.until() > since);
        long lost =
                all(LostOnTheWay.class)
                        .filter(message -> message.who().equals(who))
                        .filter(m -> m.at() > since - duration && m.at() < closed.sentAt())
                        .count();
        if (!trouble && lost < 2) {
            violated(
                    Promise.NO_CLOSE_WITHOUT_CAUSE,
                    closed,
                    closed.closed().toString(),
                    "was called dead, though it had no trouble and lost %d messages"
                            .formatted(lost));
        }
    }

    // ------------------------------------------------------------------------------ what is read

    /** An attempt's name begins with that of its incarnation. */
    private void judgeEmitters() {
        Map<String, Set<String>> cannotRead = new HashMap<>();
        for (Fact fact : history) {
            if (fact instanceof Lives lives) {
                cannotRead.put(lives.incarnation().id(), lives.cannotRead());
            } else if (fact instanceof Emitted emitted) {
                String life = emitted.attempt().substring(0, emitted.attempt().indexOf('.'));
                if (cannotRead.getOrDefault(life, Set.of()).contains(emitted.splitId())) {
                    violated(
                            Promise.READS_ITS_OWN,
                            emitted,
                            emitted.splitId(),
                            emitted.attempt() + " emits it, though its source does not find it");
                }
            }
        }
    }

    // --------------------------------------------------------------------------------- restarts

    /** But for what was forced, whose claimant may take it at any time. */
    private void judgeRestarts() {
        Map<String, Incarnation> owners = new HashMap<>();
        Map<Incarnation, Closed> closed = new HashMap<>();
        Set<String> forced = new HashSet<>();
        for (Fact fact : history) {
            if (fact instanceof Closed end) {
                closed.put(end.closed(), end);
            } else if (fact instanceof Claimed claim && claim.kind() == Claim.Kind.FORCE) {
                forced.add(claim.splitId());
            } else if (fact instanceof Released released) {
                owners.remove(released.splitId());
            } else if (fact instanceof Acquired acquired) {
                Optional<Closed> end =
                        Optional.ofNullable(owners.put(acquired.splitId(), acquired.by()))
                                .filter(owner -> !owner.memberId().equals(acquired.by().memberId()))
                                .map(closed::get);
                boolean wasForced = forced.remove(acquired.splitId());
                if (end.isPresent()
                        && !wasForced
                        && acquired.at() - end.get().at() < end.get().heldFor().toNanos()) {
                    violated(
                            Promise.RESTART_IS_AWAITED,
                            acquired,
                            acquired.splitId(),
                            "%s took it %d ms after %s closed, which holds it for %s"
                                    .formatted(
                                            acquired.by(),
                                            (acquired.at() - end.get().at()) / 1_000_000,
                                            end.get().closed(),
                                            end.get().heldFor()));
                }
            }
        }
    }

    // ----------------------------------------------------------------------------------- claims

    /**
     * A claim is withdrawn by who laid it, and by nobody else. It is ended by who has the split, or
     * by another that lays one, but that only where its claimant is over, or had trouble enough to
     * be taken for that, or where an operator will have it so.
     */
    private void judgeClaims() {
        Map<String, Claimed> claims = new HashMap<>();
        Map<String, Incarnation> owners = new HashMap<>();
        Set<Incarnation> over = new HashSet<>();
        for (Fact fact : history) {
            if (fact instanceof Closed closed) {
                over.add(closed.closed());
            } else if (fact instanceof Killed) {
                return;
            } else if (fact instanceof Claimed claim) {
                judgeReplaced(claims.put(claim.splitId(), claim), claim, over);
            } else if (fact instanceof Withdrawn withdrawn) {
                judgeWithdrawn(claims.remove(withdrawn.splitId()), withdrawn);
            } else if (fact instanceof Acquired acquired) {
                Incarnation before = owners.put(acquired.splitId(), acquired.by());
                if (before == null || !before.memberId().equals(acquired.by().memberId())) {
                    claims.remove(acquired.splitId());
                }
            } else if (fact instanceof Ended end) {
                claims.remove(end.splitId());
            }
        }
    }

    private void judgeWithdrawn(Claimed claim, Withdrawn end) {
        if (claim != null && !claim.by().memberId().equals(end.by().memberId())) {
            endedByAnother(claim, end, end.by());
        }
    }

    private void judgeReplaced(Claimed claim, Claimed next, Set<Incarnation> over) {
        if (claim == null
                || next.onBehalf()
                || claim.by().memberId().equals(next.by().memberId())
                || over.contains(claim.by())) {
            return;
        }
        String who = claim.by().toString();
        boolean trouble =
                all(Outage.class).anyMatch(outage -> outage.at() < next.at())
                        || all(Trouble.class)
                                .anyMatch(t -> t.who().equals(who) && t.at() < next.at())
                        || all(LostOnTheWay.class)
                                        .filter(m -> m.who().equals(who) && m.at() < next.at())
                                        .count()
                                > 1;
        if (!trouble) {
            endedByAnother(claim, next, next.by());
        }
    }

    private void endedByAnother(Claimed claim, Fact end, Incarnation by) {
        violated(
                Promise.L2_CLAIMS_END,
                end,
                claim.splitId(),
                "the claim of %s was ended by %s".formatted(claim.by(), by));
    }

    // ------------------------------------------------------------------------------------ drained

    /**
     * Who says it is drained has let all go, and has completed one checkpoint more than that with
     * which it did.
     */
    private void judgeDrained() {
        Map<String, Incarnation> owners = new HashMap<>();
        Map<Incarnation, String> lines = new HashMap<>();
        Map<String, Integer> checkpoints = new HashMap<>();
        Map<String, Map<String, Fact.At>> states = new HashMap<>();
        Map<String, Integer> firstIn = new HashMap<>();
        Map<String, Integer> needed = new HashMap<>();
        for (Fact fact : history) {
            if (fact instanceof Lives lives) {
                lines.put(lives.incarnation(), lives.line());
            } else if (fact instanceof Acquired acquired) {
                owners.put(acquired.splitId(), acquired.by());
            } else if (fact instanceof Ended ended) {
                owners.remove(ended.splitId());
            } else if (fact instanceof Released released) {
                owners.remove(released.splitId());
                String line = lines.get(released.by());
                int first = firstIn.getOrDefault(line + released.splitId(), 0);
                needed.merge(line, first + 1, Math::max);
            } else if (fact instanceof Checkpointed checkpoint) {
                int number = checkpoints.merge(checkpoint.line(), 1, Integer::sum);
                Map<String, Fact.At> before =
                        Optional.ofNullable(states.put(checkpoint.line(), checkpoint.positions()))
                                .orElse(Map.of());
                checkpoint
                        .positions()
                        .forEach(
                                (splitId, at) -> {
                                    if (!at.equals(before.get(splitId))) {
                                        firstIn.put(checkpoint.line() + splitId, number);
                                    }
                                });
            } else if (fact instanceof Declared said && said.state() == MemberState.DRAINED) {
                judge(said, owners, checkpoints, needed, lines.get(said.by()));
            }
        }
    }

    private void judge(
            Declared said,
            Map<String, Incarnation> owners,
            Map<String, Integer> checkpoints,
            Map<String, Integer> needed,
            String line) {
        boolean committed = checkpoints.getOrDefault(line, 0) >= needed.getOrDefault(line, 0);
        boolean empty = owners.values().stream().noneMatch(owner -> owner.equals(said.by()));
        if (!committed || !empty) {
            violated(
                    Promise.DRAINED_IS_COMMITTED,
                    said,
                    said.by().memberId(),
                    "said it is drained; all let go: %s, committed: %s"
                            .formatted(empty, committed));
        }
    }

    // ------------------------------------------------------------------------------ after calm

    private void judgeCalm(Killed killed) {
        long calm = all(Calm.class).findFirst().map(Fact::at).orElse(killed.at());
        // What ends or comes changes the plan, and so does a member whose readers do not come.
        Stream<Declared> away =
                all(Declared.class).filter(said -> said.state() == MemberState.AWAY);
        long changed =
                Stream.of(all(Ended.class), all(Discovered.class), away, mended(calm).stream())
                        .flatMap(facts -> facts)
                        .mapToLong(Fact::at)
                        .filter(at -> at < killed.at())
                        .max()
                        .orElse(calm);
        boolean settled = killed.at() - changed > 2 * STILL.toNanos();
        long still = Math.max(calm, killed.at() - STILL.toNanos());
        history.stream()
                .filter(fact -> settled && fact.at() > still && fact.at() < killed.at())
                .filter(CalmChecker::moves)
                .findFirst()
                .ifPresent(
                        fact ->
                                violated(
                                        Promise.L3_SETTLED,
                                        fact,
                                        "the group",
                                        "something moves still, long after calm: " + fact));
        Map<String, Acquired> owners = new HashMap<>();
        Map<String, Discovered> unfinished = new HashMap<>();
        Set<String> ended = new HashSet<>();
        Set<String> flowing = new HashSet<>();
        Map<String, Lives> alive = new HashMap<>();
        for (Fact fact : history) {
            if (fact.at() >= killed.at()) {
                break;
            } else if (fact instanceof Acquired acquired) {
                owners.put(acquired.splitId(), acquired);
            } else if (fact instanceof Discovered discovered) {
                unfinished.put(discovered.splitId(), discovered);
            } else if (fact instanceof Ended end) {
                unfinished.remove(end.splitId());
                ended.add(end.splitId());
            } else if (fact instanceof Emitted emitted && emitted.at() > still) {
                flowing.add(emitted.splitId());
            } else if (fact instanceof Lives lives) {
                alive.put(lives.line(), lives);
            } else if (fact instanceof Stopped stopped) {
                alive.remove(stopped.line());
            }
        }
        judgeTwins(killed, alive);
        CalmShares shares = new CalmShares(history, killed.at(), alive.values());
        shares.unfair()
                .filter(what -> settled)
                .ifPresent(what -> violated(Promise.L3_SETTLED, killed, "the group", what));
        unfinished.values().stream()
                .filter(split -> ended.containsAll(split.parents()))
                .map(Discovered::splitId)
                .filter(splitId -> !flowing.contains(splitId))
                .filter(splitId -> shares.someoneTakes("", splitId))
                .sorted()
                .findFirst()
                .ifPresent(
                        splitId ->
                                violated(
                                        Promise.L3_SETTLED,
                                        killed,
                                        splitId,
                                        "nobody reads it, long after calm; it was last had by "
                                                + Optional.ofNullable(owners.get(splitId))));
        String gone = killed.incarnation().memberId();
        unfinished.keySet().removeIf(splitId -> !shares.someoneTakes(gone, splitId));
        judgeTakeover(killed, owners, unfinished.keySet());
    }

    /**
     * The first rate of each split that is measured in calm takes the place of one of the storm,
     * which may have been near enough to stand for long.
     */
    private Collection<Rated> mended(long calm) {
        return all(Rated.class)
                .filter(rated -> rated.at() > calm + MEASURED_BEFORE.toNanos())
                .collect(Collectors.toMap(Rated::splitId, rated -> rated, (first, later) -> first))
                .values();
    }

    private static boolean moves(Fact fact) {
        // A split that ends may free its children; nothing else has a reason to move.
        return fact instanceof Closed
                || fact instanceof Joined
                || fact instanceof Released
                || (fact instanceof Acquired acquired && acquired.epoch() > 1);
    }

    private void judgeTwins(Killed killed, Map<String, Lives> alive) {
        Set<String> memberIds = new HashSet<>();
        for (Lives lives : alive.values()) {
            if (!memberIds.add(lives.incarnation().memberId())) {
                violated(
                        Promise.TWINS_END,
                        killed,
                        lives.incarnation().memberId(),
                        "two jobs of this member id are alive, long after calm");
            }
        }
    }

    private void judgeTakeover(
            Killed killed, Map<String, Acquired> owners, Set<String> unfinished) {
        long deadline = killed.at() + killed.mayTake().toNanos();
        Set<String> taken = new HashSet<>();
        history.stream()
                .filter(fact -> fact.at() > killed.at() && fact.at() <= deadline)
                .forEach(
                        fact -> {
                            if (fact instanceof Acquired acquired) {
                                taken.add(acquired.splitId());
                            } else if (fact instanceof Ended end) {
                                taken.add(end.splitId());
                            }
                        });
        unfinished.stream()
                .filter(owners::containsKey)
                .filter(splitId -> owners.get(splitId).by().equals(killed.incarnation()))
                .filter(splitId -> !taken.contains(splitId))
                .sorted()
                .findFirst()
                .ifPresent(
                        splitId ->
                                violated(
                                        Promise.L1_TAKEN_OVER,
                                        killed,
                                        splitId,
                                        "was not taken over within " + killed.mayTake()));
    }

    private <F extends Fact> Stream<F> all(Class<F> type) {
        return history.stream().filter(type::isInstance).map(type::cast);
    }

    private void violated(Promise promise, Fact fact, String about, String what) {
        violations.add(new Violation(promise, fact.at(), about, what));
    }
}
