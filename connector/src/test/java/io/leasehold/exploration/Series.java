package io.leasehold.exploration;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Numbers of one kind that belong together, such as the epochs of one split: where they only count
 * up, they matter to a state by their order alone.
 */
final class Series {

    /** The number is what it is. */
    static final int PLAIN = 0;

    /** It matters relative to now. */
    static final int TIME = 1;

    private record Key(Meaning meaning, String of) {}

    private static final Map<Key, Integer> NUMBERS = new ConcurrentHashMap<>();
    private static final AtomicInteger NEXT = new AtomicInteger(TIME + 1);

    private Series() {}

    /**
     * @param of the split or the incarnation whose number it is
     */
    static int of(Meaning meaning, String of) {
        return switch (meaning) {
            case NUMBER -> PLAIN;
            case TIME -> TIME;
            case CHANGE -> counted(new Key(meaning, ""));
            case EPOCH, TENURE, BEAT -> counted(new Key(meaning, of));
            default -> throw new IllegalStateException("Say what a number in " + of + " means.");
        };
    }

    private static int counted(Key key) {
        Integer known = NUMBERS.get(key);
        return known != null
                ? known
                : NUMBERS.computeIfAbsent(key, unknown -> NEXT.getAndIncrement());
    }

    /** How many there are. */
    static int count() {
        return NEXT.get();
    }

    static long mixed(long number) {
        long mixed = (number + 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
