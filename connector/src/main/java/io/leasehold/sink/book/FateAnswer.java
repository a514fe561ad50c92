package io.leasehold.sink.book;

import java.util.Objects;

/**
 * What became of one piece of output, and why that is believed.
 *
 * @param evidence for people: what the other system said of it, without passwords
 */
public record FateAnswer(Fate fate, String evidence) {

    public FateAnswer {
        Objects.requireNonNull(fate);
        Objects.requireNonNull(evidence);
    }
}
