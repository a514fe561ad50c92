package io.leasehold.lease.plan;

import io.leasehold.lease.plan.LoadPlan.Weighed;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.OptionalLong;
import java.util.TreeSet;

/**
 * Moves splits from members with much load to members with little, or leaves all as it is: the last
 * two rules of {@link LeasePlanner} for load. Loads are compared relative to weight.
 *
 * <p>What is moved is looked for with wider limits than what makes it begin. So where it ends, the
 * next plan does not begin again, and rates must change by more than they tremble before one does.
 */
final class Leveling {

    /** How far from its fair share a member's load may be, in parts of it, and be left alone. */
    static final double BAND = 0.2;

    /** How far apart two members may be left once splits are moved. */
    private static final double CLOSE = BAND / 2;

    /**
     * The most load of a split to be moved, in parts of what would make the two members even. With
     * twice that they would but change places. Each move below that lowers the sum of the squares
     * of the loads over the weights, so there is an end of them.
     */
    static final double MOST = 1.9;

    private final List<Burden> burdens;

    /** For each unit of weight. */
    private final double fairLoad;

    /** Those that were not found to have nothing to give. */
    private final NavigableSet<Burden> givers = new TreeSet<>(Burden.LEAST_LOADED_FIRST);

    /** Those that have room. */
    private final NavigableSet<Burden> receivers = new TreeSet<>(Burden.LEAST_LOADED_FIRST);

    Leveling(Collection<Burden> burdens) {
        this.burdens = new ArrayList<>(burdens);
        this.fairLoad =
                burdens.stream().mapToLong(Burden::load).sum()
                        / (double) burdens.stream().mapToLong(Burden::weight).sum();
    }

    void run() {
        if (burdens.stream().noneMatch(this::outside) || !worthwhile()) {
            return;
        }
        // A member that gave may be one that can take from those looked at before it.
        boolean moved;
        do {
            moved = move();
        } while (moved);
    }

    private boolean outside(Burden burden) {
        return Math.abs(burden.relative() - fairLoad) > BAND * fairLoad;
    }

    private boolean worthwhile() {
        burdens.sort(Burden.LEAST_LOADED_FIRST);
        for (int last = burdens.size() - 1; last > 0; last--) {
            Burden heavy = burdens.get(last);
            for (Burden light : burdens) {
                if (!apart(heavy, light, BAND)) {
                    break;
                }
                if (light.hasRoom()
                        && (outside(heavy) || outside(light))
                        && wouldBeCloser(heavy, light)) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Whether the two come closer by the band. If that takes one split that turns the tables on
     * them, it must be twice the band: it is then that a tremble makes much of a little.
     */
    private boolean wouldBeCloser(Burden heavy, Burden light) {
        double even = even(heavy, light);
        double moved = Math.min(even, heavy.sumOfThoseAtMost(even));
        OptionalLong more = heavy.leastAbove(even);
        if (more.isPresent()) {
            moved = Math.max(moved, (2 * even - more.getAsLong()) / 2);
        }
        return moved / even * gap(heavy, light) >= BAND * scale(light);
    }

    private boolean apart(Burden heavy, Burden light, double parts) {
        return gap(heavy, light) > parts * scale(light);
    }

    private static double gap(Burden heavy, Burden light) {
        return heavy.relative() - light.relative();
    }

    /**
     * What a gap is measured by. Where the fair share is out of reach, because of caps or one split
     * of great load, all others may be above it, and tremble by a part of what they have.
     */
    private double scale(Burden light) {
        return Math.max(fairLoad, light.relative());
    }

    /** The load that, moved from one to the other, makes both even. */
    private static double even(Burden heavy, Burden light) {
        return gap(heavy, light) / (1.0 / heavy.weight() + 1.0 / light.weight());
    }

    /** Moves what can be moved, until each member was found to have nothing to give any more. */
    private boolean move() {
        givers.addAll(burdens);
        receivers.clear();
        burdens.stream().filter(Burden::hasRoom).forEach(receivers::add);
        boolean moved = false;
        while (!givers.isEmpty()) {
            Burden heavy = givers.pollLast();
            receivers.remove(heavy);
            Burden light = receiverFor(heavy);
            boolean gives = light != null;
            while (light != null) {
                moved = true;
                give(heavy, light);
                boolean stillHeaviest =
                        givers.isEmpty()
                                || Burden.LEAST_LOADED_FIRST.compare(heavy, givers.last()) > 0;
                light = stillHeaviest ? receiverFor(heavy) : null;
            }
            if (gives) {
                givers.add(heavy);
            }
            if (heavy.hasRoom()) {
                receivers.add(heavy);
            }
        }
        return moved;
    }

    private void give(Burden heavy, Burden light) {
        receivers.remove(light);
        boolean mayGive = givers.remove(light);
        Weighed split = heavy.giveNearest(even(heavy, light));
        light.take(split);
        if (mayGive) {
            givers.add(light);
        }
        if (light.hasRoom()) {
            receivers.add(light);
        }
    }

    /** The least loaded that is far enough below, and can take one of the heavy one's splits. */
    private Burden receiverFor(Burden heavy) {
        int tooLittleWeight = 0;
        for (Burden light : receivers) {
            if (!apart(heavy, light, CLOSE)) {
                return null;
            }
            // With more load and no more weight than one that cannot, it cannot either.
            if (light.weight() <= tooLittleWeight) {
                continue;
            }
            if (heavy.hasAtMost(MOST * even(heavy, light))) {
                return light;
            }
            tooLittleWeight = light.weight();
        }
        return null;
    }
}
