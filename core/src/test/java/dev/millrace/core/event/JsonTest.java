package dev.millrace.core.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.fail;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

class JsonTest {
    private static Object decode(String json) {
        return Json.decode(json.getBytes(UTF_8));
    }

    private static Object decodeOrRefuse(byte[] json) {
        try {
            return Json.decode(json);
        } catch (IllegalArgumentException e) {
            return JacksonOracle.REFUSED;
        }
    }

    @Test
    void agreesWithJacksonOnTextsAndNearlyTexts() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        RandomJson texts = new RandomJson(random);
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] json = texts.value(4).getBytes(UTF_8);
            byte[] text = round % 2 == 0 ? json : texts.mutated(json);
            Object expected = JacksonOracle.decode(text);
            refused += JacksonOracle.REFUSED.equals(expected) ? 1 : 0;
            assertThat(decodeOrRefuse(text))
                    .as("seed %d: %s", seed, new String(text, UTF_8))
                    .isEqualTo(expected);
        }
        assertThat(refused).isBetween(2_000, 10_000);
    }

    @Test
    void digitsOfAnEscapeAreAscii() {
        assertThat(decode("\"\\u0e9B\"")).isEqualTo("\u0e9b");
        assertThat(decodeOrRefuse("\"\\u0e9\u0342\"".getBytes(UTF_8)))
                .isEqualTo(JacksonOracle.REFUSED);
        assertThat(decode("\"\\\\u0e9\u0342\"")).isEqualTo("\\u0e9\u0342");
    }

    @Test
    void whatIsEncodedIsDecodedAgain() {
        long seed = new Random().nextLong();
        RandomJson texts = new RandomJson(new Random(seed));
        for (int round = 0; round < 5_000; round++) {
            Object value = decode(texts.value(4));
            assertThat(Json.decode(Json.encode(value))).as("seed %d", seed).isEqualTo(value);
        }
    }

    @Test
    void encodesWithoutWhiteSpaceAndInOrder() {
        assertThat(Json.encode(decode("{ \"b\" : [ 1 , 2.0, {} , [] ], \"a\\u0001\" : \"\\/\" }")))
                .asString(UTF_8)
                .isEqualTo("{\"b\":[1,2.0,{},[]],\"a\\u0001\":\"/\"}");
    }

    @Test
    void refusesToEncodeWhatJsonCannotHold() {
        for (Object value :
                Arrays.asList(Double.NaN, List.of(1.0 / 0), Map.of(1, 2), 1, Event.MISSING)) {
            assertThatIllegalArgumentException().isThrownBy(() -> Json.encode(value));
        }
    }

    @Test
    void stringsOfEveryLengthAtEveryAlignmentEndWhereTheyEnd() {
        for (int before = 0; before < 9; before++) {
            for (int length = 0; length <= 40; length++) {
                for (String behind : List.of("", " ", "        ", "\"\"\"\"\"\"\"\"\"\"")) {
                    String text = "x".repeat(length);
                    byte[] bytes = (" ".repeat(before) + '"' + text + '"' + behind).getBytes(UTF_8);
                    assertThat(Json.decode(bytes, before, length + 2)).isEqualTo(text);
                    assertThatIllegalArgumentException()
                            .isThrownBy(() ->
                                    Json.decode(bytes, 0, bytes.length - 1 - behind.length()));
                }
            }
        }
    }

    @Test
    void specialBytesAreSeenAtEveryPlaceOfAString() {
        for (int length = 1; length <= 40; length++) {
            for (int at = 0; at < length; at++) {
                String left = "x".repeat(at);
                String right = "x".repeat(length - at - 1);
                assertThat(decode('"' + left + "\\n" + right + '"')).isEqualTo(left + "\n" + right);
                assertThat(decode('"' + left + "\u007fé" + right + '"'))
                        .isEqualTo(left + "\u007fé" + right);
                for (int control = 0; control < ' '; control++) {
                    String bad = '"' + left + (char) control + right + '"';
                    assertThatIllegalArgumentException().isThrownBy(() -> decode(bad));
                }
            }
        }
    }

    /** Every sequence of two bytes, and of three and four around the bounds of RFC 3629's table. */
    @Test
    void utf8IsTakenExactlyWhereTheJdkTakesIt() {
        int[] edges = {0x20, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};
        for (int a = 0x80; a < 0x100; a++) {
            for (int b = 0x20; b < 0x100; b++) {
                checkUtf8(a, b);
            }
            for (int b : edges) {
                for (int c : edges) {
                    checkUtf8(a, b, c);
                    for (int d : edges) {
                        checkUtf8(a, b, c, d);
                    }
                }
            }
        }
    }

    private static void checkUtf8(int... sequence) {
        byte[] json = new byte[sequence.length + 2];
        boolean plain = true;
        for (int i = 0; i < sequence.length; i++) {
            json[i + 1] = (byte) sequence[i];
            plain &= sequence[i] >= ' ' && sequence[i] != '"' && sequence[i] != '\\';
        }
        json[0] = '"';
        json[json.length - 1] = '"';
        boolean valid;
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(json));
            valid = true;
        } catch (CharacterCodingException e) {
            valid = false;
        }
        Object expected =
                valid ? new String(json, 1, sequence.length, UTF_8) : JacksonOracle.REFUSED;
        if (plain && !expected.equals(decodeOrRefuse(json))) {
            fail("%s must be %s".formatted(Arrays.toString(json), expected));
        }
    }

    @Test
    void doublesAreTheNearest() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 50_000; round++) {
            String text =
                    switch (random.nextInt(3)) {
                        case 0 -> random.nextInt(1_000_000) + "." + random.nextInt(1_000_000);
                        case 1 -> "-0." + random.nextLong(1L << 62);
                        default -> String.valueOf(random.nextGaussian() * 1e20);
                    };
            assertThat(decode(text)).as("seed %d", seed).isEqualTo(Double.parseDouble(text));
        }
    }

    @Test
    void messagesHaveTheOffset() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> decode("{\"a\": x}"))
                .withMessage("no JSON: expected a value, found 'x' at byte 6");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> decode("[1e999]"))
                .withMessage("no JSON: the number 1e999 is beyond the range of a double at byte 1");
    }
}
