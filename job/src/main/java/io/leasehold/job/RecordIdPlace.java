package io.leasehold.job;

import io.leasehold.option.OptionType;

import java.io.Serializable;

/** Where the id of a record is found, by which repeated ones are known. */
public sealed interface RecordIdPlace extends Serializable {

    /** The last header of this name, as UTF-8 text. */
    record Header(String name) implements RecordIdPlace {
        private static final long serialVersionUID = 1L;
    }

    /** The key: at most one record of each key within the time to live is let through. */
    record Key() implements RecordIdPlace {
        private static final long serialVersionUID = 1L;
    }

    /** Topic, partition and offset: no record repeats. */
    record Position() implements RecordIdPlace {
        private static final long serialVersionUID = 1L;
    }

    OptionType<RecordIdPlace> TYPE =
            new OptionType<>("header:NAME | key | position", RecordIdPlace::parse);

    private static RecordIdPlace parse(String text) {
        if (text.equals("key")) {
            return new Key();
        }
        if (text.equals("position")) {
            return new Position();
        }
        String prefix = "header:";
        if (text.startsWith(prefix) && !text.substring(prefix.length()).isBlank()) {
            return new Header(text.substring(prefix.length()).strip());
        }
        throw new IllegalArgumentException("it takes header: with a name, key, or position");
    }
}
