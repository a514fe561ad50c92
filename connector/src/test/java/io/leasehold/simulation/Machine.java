package io.leasehold.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * A process on a machine with a clock of its own. While it is frozen nothing happens in it, and all
 * that was due happens when it thaws, in order; when it is dead nothing ever does.
 */
final class Machine {

    private static final long MILLION = 1_000_000;

    private final Agenda agenda;
    private final long origin;
    private final int partsPerMillion;
    private final List<Runnable> missed = new ArrayList<>();
    private long frozenUntil;
    private boolean frozen;
    private boolean dead;

    /**
     * @param origin what its clock shows at the beginning; that means nothing (T7)
     * @param partsPerMillion by how much its clock runs fast
     */
    Machine(Agenda agenda, long origin, int partsPerMillion) {
        this.agenda = agenda;
        this.origin = origin;
        this.partsPerMillion = partsPerMillion;
    }

    /** What its clock shows; it may pass the end of the long numbers. */
    long clock() {
        return clockAt(agenda.now());
    }

    private long clockAt(long time) {
        return origin + time + time / MILLION * partsPerMillion;
    }

    boolean frozen() {
        return frozen;
    }

    void die() {
        dead = true;
        missed.clear();
    }

    void freeze(long nanos) {
        frozenUntil = Math.max(frozenUntil, agenda.now() + nanos);
        if (!frozen) {
            frozen = true;
            agenda.at(frozenUntil, this::thaw);
        }
    }

    private void thaw() {
        if (agenda.now() < frozenUntil) {
            agenda.at(frozenUntil, this::thaw);
            return;
        }
        frozen = false;
        List<Runnable> due = List.copyOf(missed);
        missed.clear();
        // Between one and the next there is time for the process to be frozen again.
        due.forEach(action -> agenda.at(agenda.now(), () -> run(action)));
    }

    /** Does something when so much true time has passed: something comes from outside. */
    void arrives(long trueNanos, Runnable action) {
        agenda.at(agenda.now() + trueNanos, () -> run(action));
    }

    /** Does something when its own clock shows so much more. */
    void after(long nanos, Runnable action) {
        long perMillion = MILLION + partsPerMillion;
        long time =
                agenda.now()
                        + nanos / perMillion * MILLION
                        + nanos % perMillion * MILLION / perMillion;
        long missing = clock() + nanos - clockAt(time);
        agenda.at(time + Math.max(0, missing), () -> run(action));
    }

    private void run(Runnable action) {
        if (dead) {
            return;
        }
        if (frozen) {
            missed.add(action);
        } else {
            action.run();
        }
    }
}
