package io.leasehold.lease.member;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * When a member that forces no claim asks again for a split that its owner did not release in time:
 * after the time that it had asked for, then twice that, and so on up to eight times.
 */
final class HandoffPatience {

    private static final int MOST_DOUBLINGS = 3;

    private record Pause(long until, int before) {}

    private final Map<String, Pause> pauses = new HashMap<>();
    private boolean neverForces;

    /** From now on no claim is forced. */
    void neverForces() {
        neverForces = true;
    }

    boolean isEndless() {
        return neverForces;
    }

    /** A claim was not answered in time: it is withdrawn. */
    void gaveUp(String splitId, Duration asked, long now) {
        int before = 0;
        Pause last = pauses.get(splitId);
        if (last != null) {
            if (now - last.until() < 0) {
                // Planned again before the withdrawal was carried out.
                return;
            }
            before = Math.min(last.before() + 1, MOST_DOUBLINGS);
        }
        pauses.put(splitId, new Pause(now + (asked.toNanos() << before), before));
    }

    /** When the split is asked for again; empty if it may be now. */
    OptionalLong pausesUntil(String splitId, long now) {
        Pause pause = pauses.get(splitId);
        return pause != null && now - pause.until() < 0
                ? OptionalLong.of(pause.until())
                : OptionalLong.empty();
    }

    /** It was acquired. */
    void had(String splitId) {
        pauses.remove(splitId);
    }
}
