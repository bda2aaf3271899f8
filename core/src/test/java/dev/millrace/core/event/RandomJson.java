package dev.millrace.core.event;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/** JSON texts with everything that the grammar allows, and texts that are nearly JSON. */
final class RandomJson {
    private static final String[] NAMES = {
        "a", "b", "ab", "path", "visitor", "sevenxx", "eightxxx", "eightxxy", "é", "", "a b"
    };
    private static final String[] PIECES = {
        "x",
        "yz",
        "\\n",
        "\\\"",
        "\\\\",
        "\\/",
        "\\u0000",
        "\\u00e9",
        "\\ud83d\\ude00",
        "é",
        "€",
        "\ud83d\ude00",
        "\u007f",
        "plain text of some length",
        "\\u0041",
        "\uffff"
    };
    private static final String[] NUMBERS = {
        "0",
        "-0",
        "1",
        "-1",
        "12",
        "1.5",
        "-0.25",
        "1e3",
        "1E-3",
        "2.5e+10",
        "0.1",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "-9223372036854775809",
        "123456789012345678901234567890",
        "1e308",
        "4.9e-324",
        "1e-999",
        "0.000001",
        "123456.789",
        "99999999999999.9",
        "999999999999999",
        "9007199254740993",
        "-0.0"
    };
    private static final String[] INSERTS = {
        "\"", "\\", "{", "}", "[", "]", ",", ":", "0", "-", ".", "e", "1e999", "\n", "\t", " ",
        "\u0000", "\\ud800", "\\udc00", "\\u12", "é", "t", "true", "NaN", "\u0001", "/**/", "\ufeff"
    };

    private final Random random;

    RandomJson(Random random) {
        this.random = random;
    }

    String value(int depth) {
        int kind = random.nextInt(depth > 0 ? 10 : 6);
        return switch (kind) {
            case 0 -> random.nextBoolean() ? "true" : "false";
            case 1 -> "null";
            case 2, 3 -> NUMBERS[random.nextInt(NUMBERS.length)];
            case 4, 5 -> '"' + text() + '"';
            case 6 -> array(depth - 1);
            default -> object(depth - 1);
        };
    }

    String object(int depth) {
        StringBuilder object = new StringBuilder("{").append(space());
        for (int i = random.nextInt(6); i > 0; i--) {
            object.append(name()).append(space()).append(':').append(space()).append(value(depth));
            object.append(space()).append(i > 1 ? "," + space() : "");
        }
        return object.append('}').toString();
    }

    private String array(int depth) {
        StringBuilder array = new StringBuilder("[").append(space());
        for (int i = random.nextInt(4); i > 0; i--) {
            array.append(value(depth)).append(space()).append(i > 1 ? "," + space() : "");
        }
        return array.append(']').toString();
    }

    /** A quoted name, now and then with a character of it escaped. */
    private String name() {
        String name = NAMES[random.nextInt(NAMES.length)];
        if (!name.isEmpty() && random.nextInt(8) == 0) {
            int at = random.nextInt(name.length());
            String escaped = "\\u%04x".formatted((int) name.charAt(at));
            name = name.substring(0, at) + escaped + name.substring(at + 1);
        }
        return '"' + name + '"';
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(5); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    private String space() {
        return random.nextInt(6) == 0 ? " \t\r\n".substring(random.nextInt(4)) : "";
    }

    /** The text with some bytes changed, dropped or put in. */
    byte[] mutated(byte[] json) {
        byte[] bytes = json;
        for (int i = random.nextInt(3); i >= 0 && bytes.length > 0; i--) {
            int at = random.nextInt(bytes.length);
            bytes =
                    switch (random.nextInt(5)) {
                        case 0 -> splice(bytes, at, at + 1, new byte[0]);
                        case 1 -> splice(bytes, at, at + 1, new byte[] {(byte) random.nextInt()});
                        case 2 -> splice(bytes, at, bytes.length, new byte[0]);
                        case 3 -> splice(bytes, at, at, new byte[] {(byte) random.nextInt()});
                        default -> {
                            String insert = INSERTS[random.nextInt(INSERTS.length)];
                            yield splice(bytes, at, at, insert.getBytes(StandardCharsets.UTF_8));
                        }
                    };
        }
        return bytes;
    }

    private static byte[] splice(byte[] bytes, int from, int to, byte[] insert) {
        byte[] result = new byte[from + insert.length + bytes.length - to];
        System.arraycopy(bytes, 0, result, 0, from);
        System.arraycopy(insert, 0, result, from, insert.length);
        System.arraycopy(bytes, to, result, from + insert.length, bytes.length - to);
        return result;
    }
}
