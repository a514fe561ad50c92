package io.leasehold.exploration;

/**
 * What happens next.
 *
 * @param seat whose turn it is; -1 where it is nobody's
 * @param splitId of what it is about; empty where it is not about one
 */
record Choice(Choice.Kind kind, int seat, String splitId) {

    enum Kind {
        STARTS("starts, in its next incarnation"),
        STEP("sends %s, which is carried out and answered"),
        ANSWER_LOST("sends %s, which is carried out, but its answer is lost"),
        REQUEST_LOST("sends %s, which is lost, as is what it sends from now on"),
        STILL_LOST("sends %s, which is lost"),
        DELAYED("sends %s, which is not answered, and under way for long"),
        WAY_IS_UP("reaches the store again"),
        PAUSES("stands still as a stopped process"),
        GOES_ON("goes on where it stood still"),
        CRASHES("crashes before it sends %s; its readers go on until their grants end"),
        CLOSES("is closed cleanly before it sends %s"),
        FREEZES("completes a checkpoint in which it stands still"),
        STRAY("has a delayed %s arrive at the store"),
        IS_ORDERED("is ordered to take nothing that another takes"),
        TIME("time passes");

        final String text;

        Kind(String text) {
            this.text = text;
        }
    }

    static final Choice TIME = new Choice(Kind.TIME, -1, "");

    static Choice of(Kind kind, int seat) {
        return new Choice(kind, seat, "");
    }
}
