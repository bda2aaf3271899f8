package dev.millrace.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.MillraceException;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;

class CellCodecTest {
    private static final Cell CELL =
            new Cell(
                    Long.MAX_VALUE,
                    127,
                    64,
                    63,
                    new LedgerCounts(
                            0, 1, -1, Long.MIN_VALUE, 1_000_000, 2, Map.of("größe", 5L, "b", -9L)));

    @Test
    void whatIsEncodedIsDecoded() {
        assertThat(CellCodec.decode(CellCodec.encode(CELL))).isEqualTo(CELL);
        assertThat(CellCodec.decode(CellCodec.encode(Cell.ZERO))).isEqualTo(Cell.ZERO);
    }

    @Test
    void layoutIsAsItSays() {
        Cell cell = new Cell(64, 63, 1, 0, new LedgerCounts(0, 0, -1, 0, 0, 0, Map.of("a", 300L)));
        assertThat(HexFormat.of().formatHex(CellCodec.encode(cell)))
                .isEqualTo(
                        "01" + "8001" + "7e" + "02" + "00" + "00" + "00" + "01" + "00" + "00" + "00"
                                + "02" + "000161" + "d804");
    }

    @Test
    void cellThatIsCutShortIsRefused() {
        byte[] bytes = CellCodec.encode(CELL);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> CellCodec.decode(cut)).isInstanceOf(MillraceException.class);
        }
    }

    @Test
    void unknownFormatIsNamed() {
        byte[] bytes = CellCodec.encode(CELL);
        bytes[0] = 9;
        assertThatThrownBy(() -> CellCodec.decode(bytes)).hasMessageContaining("format 9");
    }
}
