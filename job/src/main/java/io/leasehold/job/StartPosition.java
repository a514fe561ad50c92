package io.leasehold.job;

import io.leasehold.option.OptionType;

import java.io.Serializable;
import java.time.DateTimeException;
import java.time.Instant;

/** Where a partition starts that nobody in the group has read yet. */
public sealed interface StartPosition extends Serializable {

    /** At the first record the partition still has. */
    record Earliest() implements StartPosition {
        private static final long serialVersionUID = 1L;
    }

    /** After what is there when the partition is found. */
    record Latest() implements StartPosition {
        private static final long serialVersionUID = 1L;
    }

    /** At the first record whose timestamp is not before this; at the end if there is none. */
    record At(Instant time) implements StartPosition {
        private static final long serialVersionUID = 1L;
    }

    OptionType<StartPosition> TYPE =
            new OptionType<>(
                    "earliest | latest | timestamp:2026-01-31T12:00:00Z | timestamp:EPOCH_MILLIS",
                    StartPosition::parse);

    private static StartPosition parse(String text) {
        if (text.equals("earliest")) {
            return new Earliest();
        }
        if (text.equals("latest")) {
            return new Latest();
        }
        String prefix = "timestamp:";
        if (text.startsWith(prefix)) {
            String time = text.substring(prefix.length());
            try {
                return new At(
                        time.matches("\\d{1,15}")
                                ? Instant.ofEpochMilli(Long.parseLong(time))
                                : Instant.parse(time));
            } catch (DateTimeException e) {
                // Said below, with the others.
            }
        }
        throw new IllegalArgumentException(
                "it takes earliest, latest, or timestamp: with a time such as 2026-01-31T12:00:00Z "
                        + "or milliseconds since 1970");
    }
}
