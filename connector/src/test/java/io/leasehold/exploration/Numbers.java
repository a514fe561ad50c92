package io.leasehold.exploration;

/** A set of numbers, each in eight bytes; they are hashes, and spread as they are. */
final class Numbers {

    private long[] slots = new long[1 << 12];
    private int size;

    /** Returns whether it was not there before. */
    boolean add(long number) {
        long one = number == 0 ? 1 : number;
        int at = slot(one);
        if (slots[at] == one) {
            return false;
        }
        slots[at] = one;
        if (++size * 2 > slots.length) {
            grow();
        }
        return true;
    }

    boolean has(long number) {
        long one = number == 0 ? 1 : number;
        return slots[slot(one)] == one;
    }

    int size() {
        return size;
    }

    private int slot(long number) {
        int at = (int) number & (slots.length - 1);
        while (slots[at] != 0 && slots[at] != number) {
            at = (at + 1) & (slots.length - 1);
        }
        return at;
    }

    private void grow() {
        long[] before = slots;
        slots = new long[2 * before.length];
        for (long number : before) {
            if (number != 0) {
                slots[slot(number)] = number;
            }
        }
    }
}
