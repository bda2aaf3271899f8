package dev.millrace.core.event;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Group keys to values and back; {@link KeyBuffer} describes the bytes. */
public final class KeyCodec {
    private KeyCodec() {}

    /**
     * @param values null, booleans, longs, doubles and strings
     * @throws IllegalArgumentException for a value of another type
     */
    public static byte[] encode(List<? extends @Nullable Object> values) {
        KeyBuffer buffer = new KeyBuffer();
        for (Object value : values) {
            if (!buffer.append(value)) {
                throw new IllegalArgumentException("cannot be part of a key: " + value);
            }
        }
        return buffer.toByteArray();
    }

    public static List<@Nullable Object> decode(byte[] key) {
        return decode(key, 0, key.length);
    }

    /**
     * The values of a key. A number that is integral and in the range of a long comes back as a
     * Long, whatever it was.
     *
     * @throws IllegalArgumentException if the bytes are no key
     */
    public static List<@Nullable Object> decode(byte[] key, int offset, int length) {
        List<@Nullable Object> values = new ArrayList<>();
        int end = offset + length;
        int at = offset;
        try {
            while (at < end) {
                switch (key[at++]) {
                    case KeyBuffer.NULL -> values.add(null);
                    case KeyBuffer.FALSE -> values.add(false);
                    case KeyBuffer.TRUE -> values.add(true);
                    case KeyBuffer.NUMBER -> {
                        double floor = KeyBuffer.fromSortable(Bytes.bigEndian(key, at));
                        at += 8;
                        int above = 0;
                        if (Math.abs(floor) >= KeyBuffer.EXACT) {
                            above = (key[at] & 0xff) << 8 | (key[at + 1] & 0xff);
                            at += 2;
                        }
                        values.add(number(floor, above));
                    }
                    case KeyBuffer.STRING -> {
                        StringEnd string = stringEnd(key, at, end);
                        values.add(string(key, at, string));
                        at = string.end() + 1;
                    }
                    default ->
                            throw new IllegalArgumentException(
                                    "unknown tag " + key[at - 1] + " in a key");
                }
            }
        } catch (IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("a key ends within a value", e);
        }
        return values;
    }

    private static Object number(double floor, int above) {
        boolean integral = floor == Math.rint(floor) && floor >= -0x1p63 && floor < 0x1p63;
        return integral ? (Object) ((long) floor + above) : (Object) floor;
    }

    /** Where the terminator stands, and how many zero bytes are escaped before it. */
    private record StringEnd(int end, int zeros) {}

    private static StringEnd stringEnd(byte[] key, int start, int end) {
        int zeros = 0;
        for (int at = start; at < end; at++) {
            if (key[at] == 0) {
                if (at + 1 == end || key[at + 1] != KeyBuffer.ESCAPED_ZERO) {
                    return new StringEnd(at, zeros);
                }
                zeros++;
                at++;
            }
        }
        throw new IllegalArgumentException("a key ends within a string");
    }

    private static String string(byte[] key, int start, StringEnd string) {
        int length = string.end() - start;
        if (string.zeros() == 0) {
            return new String(key, start, length, StandardCharsets.UTF_8);
        }
        byte[] utf8 = new byte[length - string.zeros()];
        int to = 0;
        for (int at = start; at < string.end(); at++) {
            utf8[to++] = key[at];
            if (key[at] == 0) {
                at++;
            }
        }
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
