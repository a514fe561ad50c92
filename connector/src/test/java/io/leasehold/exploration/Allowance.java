package io.leasehold.exploration;

/**
 * What may still happen in a run of those things that could happen for ever.
 *
 * @param faults requests or answers lost, requests delayed, crashes, pauses
 * @param delays requests that arrive when nobody waits for them any more; each is a fault, too
 * @param restarts incarnations that follow another of the same member
 * @param closes clean stops
 * @param orders orders of an operator
 */
record Allowance(int faults, int delays, int restarts, int closes, int orders) {

    static final Allowance NOTHING = new Allowance(0, 0, 0, 0, 0);

    /** So many faults, of which one may be a delay. */
    static Allowance faults(int faults) {
        return new Allowance(faults, 1, 0, 0, 0);
    }

    Allowance withRestarts(int number) {
        return new Allowance(faults, delays, number, closes, orders);
    }

    Allowance withCloses(int number) {
        return new Allowance(faults, delays, restarts, number, orders);
    }

    Allowance withOrders(int number) {
        return new Allowance(faults, delays, restarts, closes, number);
    }

    Allowance fault() {
        return new Allowance(faults - 1, delays, restarts, closes, orders);
    }

    Allowance delay() {
        return new Allowance(faults - 1, delays - 1, restarts, closes, orders);
    }

    Allowance restart() {
        return new Allowance(faults, delays, restarts - 1, closes, orders);
    }

    Allowance close() {
        return new Allowance(faults, delays, restarts, closes - 1, orders);
    }

    Allowance order() {
        return new Allowance(faults, delays, restarts, closes, orders - 1);
    }

    boolean mayFail() {
        return faults > 0;
    }

    /** Different numbers for different leftovers. */
    long number() {
        return (((faults * 8L + delays) * 8 + restarts) * 8 + closes) * 8 + orders;
    }
}
