package io.leasehold.source.reader;

import java.time.Duration;

/** An open gate, for whoever measures what it costs to pass one. */
public final class OpenGate {

    private final LeaseGate gate = new LeaseGate(System::nanoTime);

    /**
     * @param lasting how long it stays open, by this machine's monotonic clock
     */
    public OpenGate(Duration lasting) {
        gate.extend(System.nanoTime(), lasting.toNanos());
    }

    /** What a reader does at its gate for one record. */
    public boolean passes() {
        if (!gate.open()) {
            return false;
        }
        gate.emitted();
        return true;
    }
}
