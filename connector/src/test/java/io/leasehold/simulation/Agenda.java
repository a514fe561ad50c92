package io.leasehold.simulation;

import java.util.PriorityQueue;

/** What is to happen, by true time; what is due at one instant happens in the order of asking. */
final class Agenda {

    private record Entry(long at, long number, Runnable action) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
        }
    }

    private final PriorityQueue<Entry> entries = new PriorityQueue<>();
    private long now;
    private long numbers;
    private long steps;

    long now() {
        return now;
    }

    /** How many things have happened. */
    long steps() {
        return steps;
    }

    void at(long time, Runnable action) {
        entries.add(new Entry(Math.max(time, now), numbers++, action));
    }

    void runUntil(long end) {
        while (!entries.isEmpty() && entries.peek().at() <= end) {
            Entry next = entries.remove();
            now = next.at();
            steps++;
            next.action().run();
        }
        now = end;
    }
}
