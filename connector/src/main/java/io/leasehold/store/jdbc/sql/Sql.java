package io.leasehold.store.jdbc.sql;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A statement with named parameters.
 *
 * @param text as the driver wants it, a question mark for each use of a parameter
 * @param parameters their names, in that order
 */
public record Sql(String text, List<String> parameters) {

    private static final Pattern PARAMETER = Pattern.compile(":([a-z_]+)");

    /** From a text that writes its parameters as {@code :name}. */
    public static Sql of(String named) {
        return new Sql(
                PARAMETER.matcher(named).replaceAll("?"),
                PARAMETER
                        .matcher(named)
                        .results()
                        .map((MatchResult found) -> found.group(1))
                        .toList());
    }
}
