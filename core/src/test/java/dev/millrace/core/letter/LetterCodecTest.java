package dev.millrace.core.letter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.MillraceException;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

class LetterCodecTest {
    private static final LetterId ID = new LetterId(1_700_000_000_000L, 2, 40);
    private static final DeadLetter LETTER =
            new DeadLetter(
                    ID,
                    LetterKind.STAGE,
                    "tidy",
                    "type",
                    "data.größe is a string",
                    10,
                    1_700_000_001_000L,
                    3,
                    true,
                    "shop",
                    1_699_999_000_000L,
                    new Origin(41, 3),
                    Set.of(2, 7),
                    "{}".getBytes(StandardCharsets.UTF_8),
                    "{\"a\":1}".getBytes(StandardCharsets.UTF_8));

    @Test
    void whatIsEncodedIsDecoded() {
        assertThat(LetterCodec.decode(ID, LetterCodec.encode(LETTER))).isEqualTo(LETTER);
    }

    @Test
    void everyKindIsKept() {
        for (LetterKind kind : LetterKind.values()) {
            DeadLetter letter =
                    DeadLetter.unchanged(ID, kind, "", "code", "", 1, "", new byte[] {0, -1});
            assertThat(LetterCodec.decode(ID, LetterCodec.encode(letter))).isEqualTo(letter);
        }
    }

    @Test
    void emptyFormThatFailedIsNotNone() {
        DeadLetter letter = LETTER.failedAgain("s", "c", "m", 1, 1, new byte[0]);
        assertThat(LetterCodec.decode(ID, LetterCodec.encode(letter)).failed()).isEmpty();
    }

    @Test
    void letterThatIsCutShortIsRefused() {
        byte[] bytes = LetterCodec.encode(LETTER);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> LetterCodec.decode(ID, cut))
                    .isInstanceOf(MillraceException.class)
                    .hasMessageContaining(ID.toString());
        }
    }

    @Test
    void unknownFormatIsNamed() {
        byte[] bytes = LetterCodec.encode(LETTER);
        bytes[0] = 9;
        assertThatThrownBy(() -> LetterCodec.decode(ID, bytes))
                .isInstanceOf(MillraceException.class)
                .hasMessageContaining("format 9");
    }

    @Test
    void unknownKindIsRefused() {
        byte[] bytes = LetterCodec.encode(LETTER);
        bytes[1] = 99;
        assertThatThrownBy(() -> LetterCodec.decode(ID, bytes))
                .isInstanceOf(MillraceException.class);
    }

    @Test
    void senselessLengthIsRefusedBeforeMemoryIsTakenForIt() {
        int aggregates = 43;
        int stage = 55;
        for (int place : new int[] {aggregates, stage}) {
            for (int length : new int[] {-2, Integer.MAX_VALUE}) {
                byte[] bytes = LetterCodec.encode(LETTER);
                ByteBuffer.wrap(bytes).putInt(place, length);
                assertThatThrownBy(() -> LetterCodec.decode(ID, bytes))
                        .isInstanceOf(MillraceException.class);
            }
        }
    }
}
