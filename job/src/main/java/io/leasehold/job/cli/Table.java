package io.leasehold.job.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rows under a header, with columns as wide as what is in them. Empty cells are shown as "-". */
final class Table {

    private final List<List<String>> rows = new ArrayList<>();

    Table(String... header) {
        rows.add(List.of(header));
    }

    void row(Object... cells) {
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            String text = String.valueOf(cell);
            row.add(text.isEmpty() ? "-" : text);
        }
        rows.add(row);
    }

    List<String> lines() {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int at = 0; at < columns; at++) {
                widths[at] = Math.max(widths[at], row.get(at).length());
            }
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int at = 0; at < widths.length; at++) {
            line.append(
                    String.format(Locale.ROOT, "%-" + Math.max(1, widths[at]) + "s", row.get(at)));
            line.append("  ");
        }
        return line.toString().stripTrailing();
    }
}
