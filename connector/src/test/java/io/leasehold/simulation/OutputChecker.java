package io.leasehold.simulation;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.simulation.Fact.Aborted;
import io.leasehold.simulation.Fact.Calm;
import io.leasehold.simulation.Fact.Closed;
import io.leasehold.simulation.Fact.Committed;
import io.leasehold.simulation.Fact.Decided;
import io.leasehold.simulation.Fact.Discovered;
import io.leasehold.simulation.Fact.Joined;
import io.leasehold.simulation.Fact.Killed;
import io.leasehold.simulation.Fact.Lives;
import io.leasehold.simulation.Fact.LossTold;
import io.leasehold.simulation.Fact.Opened;
import io.leasehold.simulation.Fact.Over;
import io.leasehold.simulation.Fact.Stopped;
import io.leasehold.simulation.Violation.Promise;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Judges a history by what readers of committed output see: nothing twice, nothing that is not
 * decided, and in calm everything that is decided, none of it held back by the open transaction of
 * a member that is over. It knows of the table what was decided and where the group began, and of
 * sinks what the broker did.
 *
 * <p>A record is twice as soon as it is committed again. It is missing if it is not committed some
 * time after it was decided, when nothing goes wrong and somebody is there to commit it.
 */
final class OutputChecker {

    /** What is known of one split so far. */
    private static final class Split {
        private final int first;

        /** The first position that is not decided, from when on. */
        private final TreeMap<Long, Integer> decided = new TreeMap<>();

        private final BitSet committed = new BitSet();

        Split(long first) {
            this.first = (int) first;
        }

        void decided(long position, long at) {
            decided.put(at, Math.max((int) position, decidedAt(at)));
        }

        int decidedAt(long at) {
            return Optional.ofNullable(decided.floorEntry(at))
                    .map(Map.Entry::getValue)
                    .orElse(first);
        }

        /** False if it was. */
        boolean committed(long position) {
            boolean already = committed.get((int) position);
            committed.set((int) position);
            return !already;
        }

        /** The first that was decided then and is not committed now. */
        OptionalInt missing(long at) {
            int position = committed.nextClearBit(first);
            return position < decidedAt(at) ? OptionalInt.of(position) : OptionalInt.empty();
        }
    }

    private final Map<String, Split> splits = new TreeMap<>();
    private final Map<String, Opened> open = new TreeMap<>();
    private final Map<String, Incarnation> rows = new HashMap<>();

    /** When an incarnation ended. */
    private final Map<Incarnation, Long> over = new HashMap<>();

    /** Lines that run. */
    private final Set<String> alive = new TreeSet<>();

    private final Map<String, Aborted> aborted = new HashMap<>();
    private final List<Violation> violations = new ArrayList<>();
    private final long within;
    private long calmSince = Long.MAX_VALUE;

    private OutputChecker(long within) {
        this.within = within;
    }

    /**
     * @param within within which time in calm what is decided is committed, and what a member that
     *     is over left open is aborted
     * @return what breaks a promise, in order of time
     */
    static List<Violation> violations(List<Fact> history, Duration within) {
        OutputChecker checker = new OutputChecker(within.toNanos());
        history.forEach(checker::judge);
        return checker.violations;
    }

    private void judge(Fact fact) {
        if (fact instanceof Discovered discovered) {
            splits.put(discovered.splitId(), new Split(discovered.position()));
        } else if (fact instanceof Decided decided) {
            decided.positions()
                    .forEach(
                            (splitId, position) ->
                                    splits.get(splitId).decided(position, decided.at()));
        } else if (fact instanceof Committed committed) {
            open.remove(committed.transaction());
            committed(committed);
        } else if (fact instanceof Opened opened) {
            open.put(opened.transaction(), opened);
        } else if (fact instanceof Aborted it) {
            open.remove(it.transaction());
            aborted.put(it.transaction(), it);
        } else if (fact instanceof LossTold told) {
            // Seen and told, not mended.
            aborted.get(told.transaction())
                    .records()
                    .forEach(record -> splits.get(record.splitId()).committed(record.position()));
        } else if (fact instanceof Closed closed) {
            over.putIfAbsent(closed.closed(), closed.at());
        } else if (fact instanceof Joined joined) {
            Incarnation former = rows.put(joined.by().memberId(), joined.by());
            if (former != null) {
                over.putIfAbsent(former, joined.at());
            }
        } else if (fact instanceof Lives lives) {
            alive.add(lives.line());
        } else if (fact instanceof Stopped stopped) {
            alive.remove(stopped.line());
        } else if (fact instanceof Calm calm) {
            calmSince = calm.at();
        } else if (fact instanceof Killed || fact instanceof Over) {
            judgeCalm(fact);
        }
    }

    private void committed(Committed committed) {
        for (Fact.Output record : committed.records()) {
            Split split = splits.get(record.splitId());
            if (record.position() >= split.decidedAt(committed.at())) {
                violated(
                        Promise.OUTPUT_IS_DECIDED,
                        committed,
                        record.splitId(),
                        "record %d is committed with %s, but decided is only what is before %d"
                                .formatted(
                                        record.position(),
                                        committed.transaction(),
                                        split.decidedAt(committed.at())));
            }
            if (!split.committed(record.position())) {
                violated(
                        Promise.OUTPUT_ONCE,
                        committed,
                        record.splitId(),
                        "record %d is committed again, with %s"
                                .formatted(record.position(), committed.transaction()));
            }
        }
    }

    // ------------------------------------------------------------------------------ after calm

    private void judgeCalm(Fact end) {
        long since = end.at() - within;
        if (since < calmSince || alive.isEmpty()) {
            return;
        }
        splits.forEach(
                (splitId, split) ->
                        split.missing(since)
                                .ifPresent(
                                        position ->
                                                violated(
                                                        Promise.OUTPUT_WHOLE,
                                                        end,
                                                        splitId,
                                                        "record %d is not committed; what is before %d is decided since long"
                                                                .formatted(
                                                                        position,
                                                                        split.decidedAt(since)))));
        open.values().stream()
                .filter(it -> over.getOrDefault(it.by(), Long.MAX_VALUE) < since)
                .forEach(
                        it ->
                                violated(
                                        Promise.OUTPUT_IS_NOT_HELD_BACK,
                                        end,
                                        it.transaction(),
                                        "%s left it open, and is over since %.6f s"
                                                .formatted(it.by(), over.get(it.by()) / 1e9)));
    }

    private void violated(Promise promise, Fact fact, String about, String what) {
        violations.add(new Violation(promise, fact.at(), about, what));
    }
}
