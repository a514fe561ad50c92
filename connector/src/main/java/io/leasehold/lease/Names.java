package io.leasehold.lease;

/** What may be a name in the lease table: the key columns of every store hold these. */
public final class Names {

    /** The longest name every supported store can index, in characters. */
    public static final int LONGEST = 255;

    private Names() {}

    /**
     * Returns the name if it is usable as a key.
     *
     * @throws IllegalArgumentException if it is empty, padded with white space, longer than {@link
     *     #LONGEST} characters, or has control characters
     */
    public static String require(String what, String name) {
        if (name == null || name.isBlank()) {
            throw new IllegalArgumentException("The " + what + " is empty; give it a name.");
        }
        if (!name.equals(name.strip())) {
            throw new IllegalArgumentException(
                    "The " + what + " '" + name + "' begins or ends with white space; remove it.");
        }
        if (name.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "The %s '%s...' has %d characters; at most %d fit into the lease table."
                            .formatted(what, name.substring(0, 40), name.length(), LONGEST));
        }
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "The " + what + " has control characters; use printable ones.");
        }
        return name;
    }
}
