package io.leasehold.lease.model;

/** What may be a name in the lease table: the key columns of every store hold these. */
public final class Names {

    /** The longest name every supported store can index, in characters. */
    public static final int LONGEST = 255;

    private Names() {}

    /**
     * Returns the name if it is usable as a key.
     *
     * @throws IllegalArgumentException if it is empty, padded with white space, longer than {@link
     *     #LONGEST} characters, or has control or half characters
     */
    public static String require(String what, String name) {
        requirePrintable(what, name);
        if (name.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "The %s '%s...' has %s characters; at most %s fit into the lease table."
                            .formatted(what, name.substring(0, 40), name.length(), LONGEST));
        }
        return name;
    }

    /**
     * Returns the name if every store can keep it; it may be too long for a key.
     *
     * @throws IllegalArgumentException if it is empty, padded with white space, or has control or
     *     half characters
     */
    public static String requirePrintable(String what, String name) {
        if (name == null || name.isBlank()) {
            throw new IllegalArgumentException("The " + what + " is empty; give it a name.");
        }
        if (!name.equals(name.strip())) {
            throw new IllegalArgumentException(
                    "The " + what + " '" + name + "' begins or ends with white space; remove it.");
        }
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "The " + what + " has control characters; use printable ones.");
        }
        if (name.codePoints().anyMatch(Names::isHalfCharacter)) {
            throw new IllegalArgumentException(
                    "The "
                            + what
                            + " has half a character, a surrogate without its other half; use whole ones.");
        }
        return name;
    }

    /**
     * Returns a text for people as every store can keep it: cut to so many characters, and without
     * what some databases refuse.
     */
    public static String readable(String text, int longest) {
        StringBuilder kept = new StringBuilder(Math.min(text.length(), longest));
        for (int at = 0; at < text.length(); at = text.offsetByCodePoints(at, 1)) {
            int character = text.codePointAt(at);
            int shown = character == 0 || isHalfCharacter(character) ? '?' : character;
            if (kept.length() + Character.charCount(shown) > longest) {
                break;
            }
            kept.appendCodePoint(shown);
        }
        return kept.toString();
    }

    /** No encoding has these: two names that differ in one would be the same in a database. */
    private static boolean isHalfCharacter(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }
}
