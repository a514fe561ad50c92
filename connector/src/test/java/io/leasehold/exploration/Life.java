package io.leasehold.exploration;

import io.leasehold.exploration.Reading.State;
import io.leasehold.lease.member.LeaseEvent;
import io.leasehold.lease.member.LeaseKeeper;
import io.leasehold.lease.member.LeaseStep;
import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.OwnershipRequest.Release.Released;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One incarnation of a member: its keeper, driven as the enumerator drives it, and its readers. A
 * life that is in a {@link World} is not changed any more: what happens next, happens to a twin.
 */
final class Life {

    enum Mode {
        RUNS,
        /** The way to the store is down: what it sends is lost. */
        CUT_OFF,
        /** As a stopped process: it does nothing, and gives no grants. */
        PAUSED,
        /** It is over; its readers emit until their grants end. */
        GONE
    }

    final Incarnation me;
    final int number;
    final LeaseKeeper keeper;
    private final Conduct conduct;
    private final Map<String, Reading> readings = new TreeMap<>();
    private Mode mode = Mode.RUNS;
    private long wakeAt;

    /** What it sends when it is due. */
    private LeaseRequest<?> wants;

    /** Of its keeper, once that does not change any more. */
    private Dump dump;

    Life(Conduct conduct, int seat, int number, long now) {
        this(conduct, incarnation(seat, number), number, now);
    }

    private Life(Conduct conduct, Incarnation me, int number, long now) {
        this(conduct, me, number, conduct.keeper(me, now));
        wakeAt = now;
    }

    private Life(Conduct conduct, Incarnation me, int number, LeaseKeeper keeper) {
        this.conduct = conduct;
        this.me = me;
        this.number = number;
        this.keeper = keeper;
    }

    private static Incarnation incarnation(int seat, int number) {
        String memberId = Setting.memberId(seat);
        return new Incarnation(memberId, memberId + "-" + number);
    }

    Life twin() {
        return with(Twin.of(keeper, conduct.keeper(me, 0)));
    }

    /** The same with readers of its own; its keeper must be left as it is. */
    Life withOwnReaders() {
        Life life = with(keeper);
        life.wants = wants;
        life.dump = dump;
        return life;
    }

    private Life with(LeaseKeeper other) {
        Life life = new Life(conduct, me, number, other);
        life.readings.putAll(readings);
        life.mode = mode;
        life.wakeAt = wakeAt;
        return life;
    }

    // ------------------------------------------------------------------------------- what it is

    boolean isGone() {
        return mode == Mode.GONE;
    }

    boolean is(Mode one) {
        return mode == one;
    }

    /** Whether it wants to send something. */
    boolean isDue(long now) {
        return acts() && wakeAt - now <= 0;
    }

    boolean acts() {
        return mode == Mode.RUNS || mode == Mode.CUT_OFF;
    }

    long wakeAt() {
        return wakeAt;
    }

    LeaseRequest<?> wants() {
        return wants;
    }

    Map<String, Reading> readings() {
        return readings;
    }

    boolean mayFreeze(String splitId) {
        Reading reading = readings.get(splitId);
        return acts() && reading != null && reading.asked() && reading.state() != State.FROZEN;
    }

    /**
     * @param own where a few numbers go
     * @param parts where the keeper goes
     */
    void addTo(Dump own, List<Dump> parts) {
        own.add(me).add(mode).add(readings);
        if (mode != Mode.GONE) {
            own.addTime(wakeAt);
            if (dump == null) {
                dump = Dump.of(keeper);
            }
            parts.add(dump);
        }
    }

    // ------------------------------------------------------------------------------ what it does

    /** What it sends now; the outcome is brought to this same life. */
    LeaseStep<?> asked(long now) {
        return keeper.next(now).orElseThrow();
    }

    void learns(List<LeaseEvent> events) {
        events.forEach(this::learns);
    }

    private void learns(LeaseEvent event) {
        if (event instanceof LeaseEvent.Acquired acquired) {
            String splitId = acquired.lease().splitId();
            readings.put(splitId, new Reading(acquired.lease().epoch(), State.READS, false, 0));
        } else if (event instanceof LeaseEvent.Claimed claimed) {
            boolean forced = claimed.claim().kind() == Claim.Kind.FORCE;
            if (forced && conduct.grantsNothingToTheForced()) {
                turns(claimed.splitId(), State.FORCED);
            }
            change(claimed.splitId(), true);
        } else if (event instanceof LeaseEvent.ClaimOver over) {
            turns(over.splitId(), State.READS);
            change(over.splitId(), false);
        } else if (event instanceof LeaseEvent.Dropped gone) {
            isGone(gone.splitId());
        } else if (event instanceof LeaseEvent.Lost lost) {
            isGone(lost.splitId());
        } else if (event instanceof LeaseEvent.ClosedByOthers) {
            isOver();
        }
    }

    private void change(String splitId, boolean asked) {
        readings.computeIfPresent(splitId, (id, it) -> it.asked(asked));
    }

    private void turns(String splitId, State state) {
        readings.computeIfPresent(splitId, (id, it) -> it.in(state));
    }

    /** A split is not this life's any more, whatever its reader has heard of that. */
    private void isGone(String splitId) {
        if (readings.containsKey(splitId)) {
            if (readings.get(splitId).state() == State.FROZEN) {
                readings.remove(splitId);
            } else {
                turns(splitId, State.LEFT);
                change(splitId, false);
            }
        }
    }

    /** The checkpoint is complete that holds the position at which its reader stands still. */
    void freezes(String splitId) {
        Reading reading = readings.get(splitId);
        readings.put(splitId, reading.in(State.FROZEN));
        keeper.splits()
                .frozen(
                        List.of(
                                new Released(
                                        splitId,
                                        reading.epoch(),
                                        Optional.of(position(reading.epoch())))));
    }

    /** Where a reader stands still: as far as one came in that epoch. */
    static Progress position(long epoch) {
        return new Progress(new byte[0], 1, "end of epoch " + epoch, epoch);
    }

    void goesOn(String splitId) {
        turns(splitId, State.READS);
    }

    void turns(Mode other) {
        mode = other;
    }

    /** Nothing of it runs any more, but its readers, until their grants are over. */
    void isOver() {
        mode = Mode.GONE;
        List.copyOf(readings.keySet()).forEach(this::isGone);
    }

    /** The longest grant that is running. */
    Duration granted(long now) {
        return Duration.ofNanos(
                readings.values().stream()
                        .filter(reading -> reading.mayEmit(now))
                        .mapToLong(reading -> reading.until() - now)
                        .max()
                        .orElse(0));
    }

    /** The same after its readers were given what they could get at this instant. */
    Life granting(long now) {
        long end = acts() ? now + keeper.extendFor(now).toNanos() : now;
        if (readings.values().stream()
                .noneMatch(it -> it.granted(end) != it || it.isForgotten(now))) {
            return this;
        }
        Life life = withOwnReaders();
        life.readings.replaceAll((splitId, reading) -> reading.granted(end));
        life.readings.values().removeIf(reading -> reading.isForgotten(now));
        return life;
    }

    /**
     * Asks its keeper what is next. Who has nothing to send has slept until something is due.
     *
     * @return the same, or a twin that has been told that there is nothing
     */
    Life rested(long now) {
        if (!acts()) {
            return this;
        }
        Life probe = twin();
        Optional<LeaseStep<?>> step = probe.keeper.next(now);
        if (step.isPresent()) {
            Life due = withOwnReaders();
            due.wakeAt = now;
            due.wants = step.get().request();
            return due;
        }
        probe.wakeAt = Math.max(probe.keeper.wakeAt(now) - now, 1) + now;
        return probe;
    }
}
