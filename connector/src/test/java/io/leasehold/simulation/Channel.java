package io.leasehold.simulation;

import java.util.SplittableRandom;

/** Carries events between an enumerator and one reader attempt one way, in order. */
final class Channel {

    private static final long MILLI = 1_000_000;

    private final World world;
    private final Machine receiver;
    private final SplittableRandom dice;
    private long lastArrival;
    private boolean cut;

    Channel(World world, Machine receiver, String name) {
        this.world = world;
        this.receiver = receiver;
        this.dice = world.dice("channel " + name);
    }

    /** Nothing that is sent from now on arrives. */
    void cut() {
        cut = true;
    }

    void send(Runnable event) {
        if (cut) {
            return;
        }
        long delay = dice.nextLong(MILLI / 10, 20 * MILLI);
        if (!world.calm() && dice.nextInt(40) == 0) {
            delay = dice.nextLong(4_000 * MILLI);
        }
        lastArrival = Math.max(lastArrival, world.agenda.now() + delay);
        receiver.arrives(lastArrival - world.agenda.now(), event);
    }

    /** For events that may be lost without anybody noticing. */
    void sendPerhaps(Runnable event) {
        if (world.calm() || dice.nextInt(30) > 0) {
            send(event);
        }
    }
}
