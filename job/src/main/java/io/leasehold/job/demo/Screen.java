package io.leasehold.job.demo;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * Where the demo shows itself: a terminal, where a picture is drawn over the last one, or plain
 * lines. Not safe for use by several threads.
 */
public final class Screen {

    private static final String UP_AND_CLEAR = "\033[%sA\033[J";

    private final PrintWriter out;
    private final boolean terminal;
    private int drawn;

    private Screen(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    public static Screen on(PrintWriter out, boolean terminal) {
        return new Screen(out, terminal);
    }

    boolean isTerminal() {
        return terminal;
    }

    /** Prints a line that stays; on a terminal a picture drawn before is moved below it. */
    void say(String line) {
        erase();
        out.println(line);
        out.flush();
    }

    /** Draws a picture in place of the last one. Only on a terminal. */
    void draw(List<String> picture) {
        erase();
        picture.forEach(out::println);
        drawn = picture.size();
        out.flush();
    }

    /** Leaves the last picture where it is. */
    void keepPicture() {
        drawn = 0;
    }

    private void erase() {
        if (drawn > 0) {
            out.printf(Locale.ROOT, UP_AND_CLEAR, drawn);
            drawn = 0;
        }
    }
}
