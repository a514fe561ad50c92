package io.leasehold.store.jdbc.sql;

import java.util.Base64;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;

/**
 * Columns as one text, for databases without arrays: a JSON array with an object for each split,
 * whose members are called as the columns. Row by row, since to put separate arrays together by
 * position would take the square of their length.
 */
final class JsonRows {

    private JsonRows() {}

    static String of(Map<String, Column> columns) {
        int rows = columns.values().iterator().next().values().length;
        StringBuilder json = new StringBuilder("[");
        for (int row = 0; row < rows; row++) {
            json.append(row == 0 ? "{" : ",{");
            Iterator<Map.Entry<String, Column>> next = columns.entrySet().iterator();
            while (next.hasNext()) {
                Map.Entry<String, Column> column = next.next();
                json.append('"').append(column.getKey()).append("\":");
                append(json, column.getValue().type(), column.getValue().values()[row]);
                if (next.hasNext()) {
                    json.append(',');
                }
            }
            json.append('}');
        }
        return json.append(']').toString();
    }

    private static void append(StringBuilder json, Column.Type type, Object value) {
        switch (type) {
            case NAME, TEXT -> quote(json, (String) value);
            case BYTES ->
                    json.append('"')
                            .append(Base64.getEncoder().encodeToString((byte[]) value))
                            .append('"');
            case NUMBER, INTEGER, REAL -> json.append(value);
        }
    }

    private static void quote(StringBuilder json, String text) {
        json.append('"');
        for (int at = 0; at < text.length(); at++) {
            char character = text.charAt(at);
            if (character == '"' || character == '\\') {
                json.append('\\').append(character);
            } else if (character < ' ') {
                json.append(String.format(Locale.ROOT, "\\u%04x", (int) character));
            } else {
                json.append(character);
            }
        }
        json.append('"');
    }
}
