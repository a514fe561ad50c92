package io.leasehold.simulation;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.simulation.Fact.Acquired;
import io.leasehold.simulation.Fact.Checkpointed;
import io.leasehold.simulation.Fact.Discovered;
import io.leasehold.simulation.Fact.Emitted;
import io.leasehold.simulation.Fact.Ended;
import io.leasehold.simulation.Fact.Lives;
import io.leasehold.simulation.Fact.Progressed;
import io.leasehold.simulation.Fact.Rated;
import io.leasehold.simulation.Fact.Released;
import io.leasehold.simulation.Fact.Started;
import io.leasehold.simulation.Violation.Promise;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Judges a history by the safety promises. It knows what the protocol promises, and nothing of how
 * that is done; what it is not told of, it does not judge, so a history of a real cluster that has
 * records and checkpoints alone will do.
 *
 * <ul>
 *   <li>S1: who emitted a split after another attempt began to is a second emitter.
 *   <li>S2: epochs grow from acquisition to acquisition, and a write takes effect only under the
 *       last one.
 *   <li>S3: recorded progress does not go back within an epoch, and whoever starts from the table
 *       starts at the progress last recorded.
 *   <li>S4: nobody starts behind a record that no completed checkpoint covers; nobody leaves one
 *       out.
 *   <li>S5: who lets a split go has emitted it up to where the next one is to start, and no
 *       further.
 *   <li>S6: a line that had a split last, and whose state holds it, goes on where its state is.
 * </ul>
 *
 * <p>{@link CalmChecker} judges the rest.
 */
public final class HistoryChecker {

    /** What is known of one split so far. */
    private static final class Split {
        /** The first record that no completed checkpoint covers. */
        long uncovered;

        /** The position last recorded, when, and under which epoch. */
        long recorded;

        long recordedEpoch = -1;
        final TreeMap<Long, Acquired> acquisitions = new TreeMap<>();

        /** What the table said when an epoch began. */
        final Map<Long, Long> recordedAtEpoch = new HashMap<>();

        /** What the state of the line held that was granted an epoch when that began. */
        final Map<Long, Optional<Fact.At>> stateAtEpoch = new HashMap<>();

        String emitter = "";
        int emittersBeyond;
        final Set<String> formerEmitters = new HashSet<>();

        /** The record after the last one that was emitted in each epoch. */
        final Map<Long, Long> emitted = new HashMap<>();

        /** Epochs in which it was let go. */
        final Set<Long> letGo = new HashSet<>();

        /** The record that each attempt emits next. */
        final Map<String, Long> next = new HashMap<>();

        boolean isOver(long epoch) {
            return letGo.contains(epoch)
                    || (!acquisitions.isEmpty() && acquisitions.lastKey() > epoch);
        }
    }

    private final int exposure;
    private final Map<String, Split> splits = new HashMap<>();
    private final Map<Incarnation, String> lines = new HashMap<>();
    private final Map<String, Map<String, Fact.At>> states = new HashMap<>();
    private final List<Violation> violations = new ArrayList<>();

    private HistoryChecker(int exposure) {
        this.exposure = exposure;
    }

    /**
     * @param exposure how many records an attempt may emit between two looks at its clock
     * @return what breaks a promise, in order of time
     */
    public static List<Violation> violations(List<Fact> history, int exposure) {
        HistoryChecker checker = new HistoryChecker(exposure);
        history.forEach(checker::judge);
        return checker.violations;
    }

    private void judge(Fact fact) {
        if (fact instanceof Emitted emitted) {
            emitted(emitted);
        } else if (fact instanceof Started started) {
            started(started);
        } else if (fact instanceof Checkpointed checkpoint) {
            checkpointed(checkpoint);
        } else if (fact instanceof Discovered discovered) {
            Split split = split(discovered.splitId());
            split.uncovered = discovered.position();
            split.recorded = discovered.position();
        } else if (fact instanceof Acquired acquired) {
            acquired(acquired);
        } else if (fact instanceof Progressed progressed) {
            progressed(progressed);
        } else if (fact instanceof Ended ended) {
            underLastEpoch(ended, ended.splitId(), ended.by(), ended.epoch());
        } else if (fact instanceof Released released) {
            released(released);
        } else if (fact instanceof Rated rated) {
            underLastEpoch(rated, rated.splitId(), rated.by(), rated.epoch());
        } else if (fact instanceof Lives lives) {
            lines.put(lives.incarnation(), lives.line());
        }
    }

    private void emitted(Emitted emitted) {
        Split split = split(emitted.splitId());
        if (!split.emitter.equals(emitted.attempt())) {
            if (split.formerEmitters.contains(emitted.attempt())) {
                split.emittersBeyond++;
                if (split.emittersBeyond > exposure) {
                    violated(
                            Promise.S1_EXCLUSIVE,
                            emitted,
                            emitted.splitId(),
                            "%s emitted record %d (epoch %d), though %s emits since"
                                    .formatted(
                                            emitted.attempt(),
                                            emitted.position(),
                                            emitted.epoch(),
                                            split.emitter));
                }
            } else {
                split.formerEmitters.add(split.emitter);
                split.emitter = emitted.attempt();
                split.emittersBeyond = 0;
            }
        }
        split.emitted.merge(emitted.epoch(), emitted.position() + 1, Math::max);
        if (split.letGo.contains(emitted.epoch())) {
            violated(
                    Promise.S5_PLANNED_MOVES_REPLAY_NOTHING,
                    emitted,
                    emitted.splitId(),
                    "%s emitted record %d in epoch %d, in which it was let go"
                            .formatted(emitted.attempt(), emitted.position(), emitted.epoch()));
        }
        Long expected = split.next.put(emitted.attempt(), emitted.position() + 1);
        if (expected != null && expected != emitted.position()) {
            violated(
                    Promise.S4_NOTHING_LOST,
                    emitted,
                    emitted.splitId(),
                    "%s emitted record %d instead of %d"
                            .formatted(emitted.attempt(), emitted.position(), expected));
        }
    }

    private void started(Started started) {
        Split split = split(started.splitId());
        split.next.put(started.attempt(), started.position());
        if (started.position() > split.uncovered) {
            violated(
                    Promise.S4_NOTHING_LOST,
                    started,
                    started.splitId(),
                    "%s starts at %d, but no completed checkpoint covers %d"
                            .formatted(started.attempt(), started.position(), split.uncovered));
        }
        Fact.At state = stateOf(started.line(), started.splitId());
        if (split.isOver(started.epoch())) {
            // It was told late: its line has let the split go since, or has had it anew.
            state = split.stateAtEpoch.getOrDefault(started.epoch(), Optional.empty()).orElse(null);
        }
        boolean ownLine =
                state != null
                        && split
                                .acquisitions
                                .subMap(state.epoch(), false, started.epoch(), false)
                                .values()
                                .stream()
                                .map(acquired -> lines.get(acquired.by()))
                                .allMatch(line -> Objects.equals(line, started.line()));
        if (ownLine && started.position() != state.position()) {
            violated(
                    Promise.S6_STATE_AND_SOURCE_AGREE,
                    started,
                    started.splitId(),
                    "%s starts at %d in epoch %d; its state was taken at %d in epoch %d, and nobody had the split since"
                            .formatted(
                                    started.attempt(),
                                    started.position(),
                                    started.epoch(),
                                    state.position(),
                                    state.epoch()));
        }
        Long table = split.recordedAtEpoch.get(started.epoch());
        if (!ownLine && table != null && table != started.position()) {
            violated(
                    Promise.S3_FORWARD,
                    started,
                    started.splitId(),
                    "%s starts at %d, but %d was the last position recorded"
                            .formatted(started.attempt(), started.position(), table));
        }
    }

    private Fact.At stateOf(String line, String splitId) {
        return states.getOrDefault(line, Map.of()).get(splitId);
    }

    private void checkpointed(Checkpointed checkpoint) {
        states.put(checkpoint.line(), checkpoint.positions());
        checkpoint
                .positions()
                .forEach(
                        (splitId, at) -> {
                            Split split = split(splitId);
                            split.uncovered = Math.max(split.uncovered, at.position());
                        });
    }

    private void acquired(Acquired acquired) {
        Split split = split(acquired.splitId());
        if (!split.acquisitions.isEmpty() && acquired.epoch() <= split.acquisitions.lastKey()) {
            violated(
                    Promise.S2_FENCED,
                    acquired,
                    acquired.splitId(),
                    "%s got epoch %d after epoch %d was given out"
                            .formatted(
                                    acquired.by(), acquired.epoch(), split.acquisitions.lastKey()));
        }
        split.acquisitions.put(acquired.epoch(), acquired);
        split.recordedAtEpoch.put(acquired.epoch(), split.recorded);
        String line = lines.get(acquired.by());
        split.stateAtEpoch.put(
                acquired.epoch(), Optional.ofNullable(stateOf(line, acquired.splitId())));
    }

    private void progressed(Progressed progressed) {
        underLastEpoch(progressed, progressed.splitId(), progressed.by(), progressed.epoch());
        Split split = split(progressed.splitId());
        if (progressed.epoch() == split.recordedEpoch && progressed.position() < split.recorded) {
            violated(
                    Promise.S3_FORWARD,
                    progressed,
                    progressed.splitId(),
                    "progress went back from %d to %d within epoch %d"
                            .formatted(split.recorded, progressed.position(), progressed.epoch()));
        }
        split.recorded = progressed.position();
        split.recordedEpoch = progressed.epoch();
    }

    private void released(Released released) {
        underLastEpoch(released, released.splitId(), released.by(), released.epoch());
        if (released.position().isEmpty()) {
            return;
        }
        long position = released.position().get();
        Split split = split(released.splitId());
        split.letGo.add(released.epoch());
        if (released.epoch() != split.recordedEpoch || position >= split.recorded) {
            split.recorded = position;
            split.recordedEpoch = released.epoch();
        }
        Long emitted = split.emitted.get(released.epoch());
        if (emitted != null && emitted > split.recorded) {
            violated(
                    Promise.S5_PLANNED_MOVES_REPLAY_NOTHING,
                    released,
                    released.splitId(),
                    "%s let go at %d, but has emitted up to %d"
                            .formatted(released.by(), position, emitted));
        }
        if (position > split.uncovered) {
            violated(
                    Promise.S4_NOTHING_LOST,
                    released,
                    released.splitId(),
                    "%s let go at %d, but no completed checkpoint covers %d"
                            .formatted(released.by(), position, split.uncovered));
        }
    }

    private void underLastEpoch(Fact write, String splitId, Incarnation by, long epoch) {
        TreeMap<Long, Acquired> acquisitions = split(splitId).acquisitions;
        if (acquisitions.isEmpty()
                || acquisitions.lastKey() != epoch
                || !acquisitions.lastEntry().getValue().by().equals(by)) {
            violated(
                    Promise.S2_FENCED,
                    write,
                    splitId,
                    "%s wrote under epoch %d, which is not the last: %s"
                            .formatted(by, epoch, acquisitions.lastEntry()));
        }
    }

    private Split split(String splitId) {
        return splits.computeIfAbsent(splitId, missing -> new Split());
    }

    private void violated(Promise promise, Fact fact, String about, String what) {
        violations.add(new Violation(promise, fact.at(), about, what));
    }
}
