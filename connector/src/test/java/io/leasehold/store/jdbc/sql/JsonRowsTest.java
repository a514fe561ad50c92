package io.leasehold.store.jdbc.sql;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

import static org.assertj.core.api.Assertions.assertThat;

/** How columns are bound where there are no arrays. */
class JsonRowsTest {

    private static String texts(String... values) {
        return JsonRows.of(
                Map.of("c", Column.of(Column.Type.TEXT, List.of(values), Function.identity())));
    }

    @Test
    void eachSplitIsAnObjectNamedLikeTheColumns() {
        List<Long> splits = List.of(1L, Long.MIN_VALUE);
        Map<String, Column> columns = new TreeMap<>();
        columns.put("numbers", Column.of(Column.Type.NUMBER, splits, Function.identity()));
        columns.put("texts", Column.of(Column.Type.TEXT, splits, split -> "s" + split));

        assertThat(JsonRows.of(columns))
                .isEqualTo(
                        "[{\"numbers\":1,\"texts\":\"s1\"},{\"numbers\":-9223372036854775808,\"texts\":\"s-9223372036854775808\"}]");
    }

    @Test
    void noSplitsAreAnEmptyArray() {
        assertThat(texts()).isEqualTo("[]");
    }

    @Test
    void noTextEndsItsString() {
        assertThat(texts("a\"},{\\", "\u0001\n\u001f", "\u00e9\ud83d\ude00'"))
                .isEqualTo(
                        "[{\"c\":\"a\\\"},{\\\\\"},{\"c\":\"\\u0001\\u000a\\u001f\"},{\"c\":\"\u00e9\ud83d\ude00'\"}]");
    }

    @Test
    void bytesAreInBase64AndNumbersInFull() {
        List<Double> rates = List.of(Double.MAX_VALUE, 1.0 / 3);

        assertThat(
                        JsonRows.of(
                                Map.of(
                                        "b",
                                        Column.of(
                                                Column.Type.BYTES,
                                                List.of("s"),
                                                split -> new byte[] {0, -1, 62}))))
                .isEqualTo("[{\"b\":\"AP8+\"}]");
        assertThat(
                        JsonRows.of(
                                Map.of(
                                        "r",
                                        Column.of(Column.Type.REAL, rates, Function.identity()))))
                .isEqualTo("[{\"r\":1.7976931348623157E308},{\"r\":0.3333333333333333}]");
    }
}
