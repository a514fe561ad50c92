package io.leasehold.lease.model;

/**
 * The numbers of a group's changes. Each change takes the next one, which is made of a count and of
 * chance: so it is greater than all before it, and nobody can make the same number a second time. A
 * table that has lost its last changes, after a fail-over to a replica that lagged or from a
 * backup, and has gone on from there, has other numbers than the ones that were seen before.
 *
 * <p>A group remembers its latest numbers, its <i>line</i>. Whoever sends a request says the number
 * it saw last, and the store finds out whether that is in the line still.
 */
public final class ChangeNumber {

    /** Chance is below this, and above 0. */
    public static final long CHANCE_BOUND = 1L << 28;

    /** How many of its latest numbers a group remembers at least. */
    public static final int REMEMBERED = 64;

    private ChangeNumber() {}

    /**
     * The number after this one.
     *
     * @param chance drawn for this change alone, from 1 to below {@link #CHANCE_BOUND}
     */
    public static long next(long number, long chance) {
        return number - number % CHANCE_BOUND + CHANCE_BOUND + chance;
    }

    /** How many changes a group with that number has seen since it was made. */
    public static long countOf(long number) {
        return number / CHANCE_BOUND;
    }

    /**
     * Whether the table is behind or beside what was seen of it: what was seen is in its line no
     * more, though it is not so long ago that it would have been forgotten.
     *
     * @param seen the number that was seen last; 0 if none was
     * @param now the group's number; 0 if there is no group
     * @param inLine whether {@code seen} is one of the numbers that the group remembers
     */
    public static boolean wentBack(long seen, long now, boolean inLine) {
        return seen != 0 && seen != now && !inLine && !isForgotten(seen, now);
    }

    /** Whether more changes came since than a group remembers: then nothing can be said of them. */
    public static boolean isForgotten(long seen, long now) {
        return seen != 0 && countOf(now) - countOf(seen) >= REMEMBERED;
    }
}
