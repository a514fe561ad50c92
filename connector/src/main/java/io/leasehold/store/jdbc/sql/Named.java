package io.leasehold.store.jdbc.sql;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Something that a request says of each split that it names: a parameter that is a {@link Column}.
 */
public enum Named {
    SPLIT("splits", "split_id", Column.Type.NAME),
    PARENTS("parents", "parents", Column.Type.TEXT),
    VERSION("versions", "version", Column.Type.NUMBER),
    EPOCH("epochs", "epoch", Column.Type.NUMBER),
    TENURE("tenures", "tenure", Column.Type.NUMBER),
    BEYOND("beyonds", "beyond", Column.Type.NUMBER),
    KIND("kinds", "kind", Column.Type.NAME),
    EXCLUDED("excluded", "excluded_members", Column.Type.TEXT),
    RATE("rates", "rate", Column.Type.REAL),
    PROGRESS("progresses", "progress", Column.Type.BYTES),
    SERIALIZER("serializers", "serializer_version", Column.Type.INTEGER),
    TEXT("texts", "progress_text", Column.Type.TEXT),
    CHECKPOINT("checkpoints", "progress_checkpoint", Column.Type.NUMBER);

    private final String parameter;
    private final String column;
    private final Column.Type type;

    Named(String parameter, String column, Column.Type type) {
        this.parameter = parameter;
        this.column = column;
        this.type = type;
    }

    /** The name of the parameter. */
    public String parameter() {
        return parameter;
    }

    /** The column of {@code r} that it is. */
    public String column() {
        return column;
    }

    public Column.Type type() {
        return type;
    }

    /** One text for each, with commas in between. */
    public static String list(List<Named> all, Function<Named, String> text) {
        return all.stream().map(text).collect(Collectors.joining(", "));
    }
}
