package dev.millrace.core.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.MillraceException;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;

class RowCodecTest {
    @Test
    void layoutIsAsItSays() {
        byte[] row =
                RowCodec.encode(RowCodec.Head.of(258, true), new long[] {9, 0, -1, 64, 9}, 1, 3);
        assertThat(HexFormat.of().formatHex(row))
                .isEqualTo("0101" + "0000000000000102" + "00018001");
    }

    @Test
    void whatIsEncodedIsDecoded() {
        Random random = new Random(1);
        for (int round = 0; round < 2_000; round++) {
            long[] cells = new long[random.nextInt(12)];
            Arrays.setAll(cells, _ -> random.nextLong() >> random.nextInt(Long.SIZE));
            long revision = random.nextLong() >>> 1;
            boolean isFinal = random.nextBoolean();
            byte[] row =
                    RowCodec.encode(RowCodec.Head.of(revision, isFinal), cells, 0, cells.length);
            long[] decoded = new long[cells.length];
            AccumulatorCodec.cells(RowCodec.accumulator(row), decoded, 0, decoded.length);
            assertThat(decoded).isEqualTo(cells);
            assertThat(RowCodec.head(row)).isEqualTo(RowCodec.Head.of(revision, isFinal));
        }
    }

    @Test
    void extremesAreCells() {
        long[] cells = {Long.MIN_VALUE, Long.MAX_VALUE, -1, 0, 1};
        long[] decoded = new long[7];
        byte[] row = RowCodec.encode(RowCodec.Head.of(1, false), cells, 0, 5);
        AccumulatorCodec.cells(RowCodec.accumulator(row), decoded, 1, 5);
        assertThat(decoded).containsExactly(0, Long.MIN_VALUE, Long.MAX_VALUE, -1, 0, 1, 0);
    }

    @Test
    void sketchesFollowTheLongs() {
        byte[][] sketches = {{}, {7}, new byte[300]};
        RowCodec.Head head = new RowCodec.Head(5, true, true, 1_000);
        byte[] row = RowCodec.encode(head, new long[] {-1}, 0, 1, sketches);
        ByteBuffer rest = RowCodec.accumulator(row);
        AccumulatorCodec.cells(rest, new long[1], 0, 1);
        assertThat(RowCodec.head(row)).isEqualTo(head);
        assertThat(AccumulatorCodec.sketch(rest)).isNull();
        assertThat(AccumulatorCodec.sketch(rest)).isEqualTo(ByteBuffer.wrap(sketches[1]));
        assertThat(AccumulatorCodec.sketch(rest)).isEqualTo(ByteBuffer.wrap(sketches[2]));
        assertThat(rest.hasRemaining()).isFalse();
    }

    @Test
    void rowThatIsCutShortIsRefused() {
        byte[] row = RowCodec.encode(RowCodec.Head.of(1, false), new long[] {1, 300}, 0, 2);
        for (int length = 0; length < row.length; length++) {
            byte[] cut = Arrays.copyOf(row, length);
            assertThatThrownBy(() ->
                            AccumulatorCodec.cells(RowCodec.accumulator(cut), new long[2], 0, 2))
                    .isInstanceOf(MillraceException.class);
        }
    }

    @Test
    void unknownVersionIsRefused() {
        byte[] row = RowCodec.encode(RowCodec.Head.of(1, false), new long[1], 0, 1);
        row[0] = 2;
        assertThatThrownBy(() -> RowCodec.accumulator(row)).isInstanceOf(MillraceException.class);
    }
}
