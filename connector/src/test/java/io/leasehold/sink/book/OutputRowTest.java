package io.leasehold.sink.book;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OutputRowTest {

    /** As version 1 wrote it: jobs of another version of the library have such rows. */
    private static final String STORED =
            "00000001"
                    + "00000002"
                    + "0000000000000007"
                    + "00000003"
                    + "00000000"
                    + "00000002"
                    + "0a0b"
                    + "0000000000000008"
                    + "00000001"
                    + "00000005"
                    + "00000000";

    private static final List<StoredPiece> PIECES =
            List.of(
                    new StoredPiece(new Piece.Id(7, 3, 0), new byte[] {10, 11}),
                    new StoredPiece(new Piece.Id(8, 1, 5), new byte[0]));

    @Test
    void whatIsWrittenIsTheStoredFormat() {
        assertThat(HexFormat.of().formatHex(OutputRow.write(PIECES))).isEqualTo(STORED);
    }

    @Test
    void theStoredFormatIsRead() throws IOException {
        assertThat(OutputRow.read(bytes(STORED)))
                .usingRecursiveFieldByFieldElementComparator()
                .isEqualTo(PIECES);
    }

    @Test
    void aNewerVersionIsRefusedByItsNumber() {
        assertThatThrownBy(() -> OutputRow.read(bytes("00000002" + STORED.substring(8))))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "Prepared output is written in version 2; this library reads version 1. Commit it with the library that wrote it, or a later one.");
    }

    @Test
    void bytesThatAreCutShortAtAnyPlaceAreRefused() {
        byte[] whole = bytes(STORED);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> OutputRow.read(cut)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void bytesBehindTheEndAreRefused() {
        assertThatThrownBy(() -> OutputRow.read(bytes(STORED + "00")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("1 bytes too many");
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
