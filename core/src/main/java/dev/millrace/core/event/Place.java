package dev.millrace.core.event;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;

/**
 * Where a value stands in validated JSON, and its kind; a cursor to be moved from one to the next.
 * A string's range lies between its quotes.
 *
 * <p>In a row of a batch a place takes two ints: the start, and packed the length (26 bits), two
 * flags and the kind (3 bits). All zero is a missing value. Confined to one thread.
 */
final class Place {
    static final int KIND = 7;
    static final int STRING = JsonKind.STRING.code();
    static final int INTEGER = JsonKind.INTEGER.code();
    static final int DECIMAL = JsonKind.DECIMAL.code();
    static final int OBJECT = JsonKind.OBJECT.code();
    static final int ARRAY = JsonKind.ARRAY.code();

    /** A string holds backslashes. */
    static final int ESCAPED = 8;

    /** A string holds bytes above 0x7f. */
    static final int NON_ASCII = 16;

    /** A row starts with the event's own range. */
    static final int ROW_HEAD = 2;

    private static final int LENGTH_SHIFT = 5;

    private byte[] bytes = {};
    private int start;
    private int packed;

    static int pack(int length, int shape) {
        return length << LENGTH_SHIFT | shape;
    }

    /** The column of a slot in the row that starts at {@code row}. */
    static int column(int row, int slot) {
        return row + ROW_HEAD + 2 * slot;
    }

    static int stride(int slots) {
        return ROW_HEAD + 2 * slots;
    }

    Place at(byte[] bytes, int start, int packed) {
        this.bytes = bytes;
        this.start = start;
        this.packed = packed;
        return this;
    }

    /** Goes to a value that was just scanned from {@code from} to {@code to}. */
    Place scanned(byte[] bytes, int from, int to, int shape) {
        int quote = (shape & KIND) == STRING ? 1 : 0;
        return at(bytes, from + quote, pack(to - from - 2 * quote, shape));
    }

    /** Goes to a member inside, level by level; to nothing if it is not there. */
    Place descend(byte[][] names) {
        for (byte[] name : names) {
            if ((packed & KIND) != OBJECT) {
                return at(bytes, 0, 0);
            }
            JsonScanner scanner = JsonScanner.trusting(bytes, start + length());
            Members members = new Members(scanner, bytes, start);
            byte[] within = bytes;
            at(within, 0, 0);
            while (members.next()) {
                int to = members.skip();
                if (members.isNamed(name)) {
                    scanned(within, members.valueStart(), to, scanner.shape());
                }
            }
        }
        return this;
    }

    JsonKind kind() {
        return JsonKind.of(packed & KIND);
    }

    byte[] bytes() {
        return bytes;
    }

    int start() {
        return start;
    }

    int length() {
        return length(packed);
    }

    static int length(int packed) {
        return packed >>> LENGTH_SHIFT;
    }

    boolean escaped() {
        return (packed & ESCAPED) != 0;
    }

    /** The literal text; of a string, what stands between the quotes. */
    String text() {
        return new String(bytes, start, length(), StandardCharsets.UTF_8);
    }

    String string() {
        if ((packed & (ESCAPED | NON_ASCII)) == 0) {
            return new String(bytes, start, length(), StandardCharsets.ISO_8859_1);
        }
        if (!escaped()) {
            return text();
        }
        byte[] utf8 = new byte[length()];
        return new String(utf8, 0, unescape(utf8, 0), StandardCharsets.UTF_8);
    }

    /** Puts a string's UTF-8, at most {@link #length} bytes; returns how many. */
    int unescape(byte[] out, int to) {
        return unescape(bytes, start, length(), out, to);
    }

    long integer() {
        return JsonNumbers.toLong(bytes, start, length());
    }

    double number() {
        return kind() == JsonKind.INTEGER
                ? integer()
                : JsonNumbers.toDouble(bytes, start, length());
    }

    boolean bool() {
        return bytes[start] == 't';
    }

    /** The plain value, or {@link Event#MISSING}. */
    @Nullable Object decode() {
        return switch (kind()) {
            case MISSING -> Event.MISSING;
            case NULL -> null;
            case STRING -> string();
            case INTEGER -> integer();
            case DECIMAL -> number();
            case BOOLEAN -> bool();
            case OBJECT, ARRAY -> JsonDecoder.decode(bytes, start, length());
        };
    }

    boolean appendKey(KeyBuffer out) {
        switch (kind()) {
            case MISSING, NULL -> out.appendNull();
            case BOOLEAN -> out.appendBoolean(bool());
            case INTEGER -> out.appendLong(integer());
            case DECIMAL -> out.appendDouble(number());
            case STRING -> {
                if (escaped()) {
                    byte[] utf8 = new byte[length()];
                    out.appendUtf8(utf8, 0, unescape(utf8, 0));
                } else {
                    out.appendUtf8WithoutZero(bytes, start, length());
                }
            }
            case OBJECT, ARRAY -> {
                return false;
            }
        }
        return true;
    }

    /** Resolves the escapes of a valid string into UTF-8, which is never longer. */
    static int unescape(byte[] bytes, int start, int length, byte[] out, int to) {
        int put = to;
        int end = start + length;
        for (int at = start; at < end; ) {
            byte c = bytes[at];
            if (c != '\\') {
                out[put++] = c;
                at++;
                continue;
            }
            byte escape = bytes[at + 1];
            if (escape != 'u') {
                out[put++] = plain(escape);
                at += 2;
                continue;
            }
            int point = unit(bytes, at + 2);
            at += 6;
            if (Character.isHighSurrogate((char) point) && at < end) {
                point = Character.toCodePoint((char) point, (char) unit(bytes, at + 2));
                at += 6;
            }
            put = putUtf8(point, out, put);
        }
        return put - to;
    }

    private static byte plain(byte escape) {
        return switch (escape) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> escape;
        };
    }

    private static int unit(byte[] bytes, int at) {
        int unit = 0;
        for (int i = at; i < at + 4; i++) {
            unit = unit << 4 | Character.digit(bytes[i], 16);
        }
        return unit;
    }

    private static int putUtf8(int point, byte[] out, int at) {
        int put = at;
        if (point < 0x80) {
            out[put++] = (byte) point;
        } else if (point < 0x800) {
            out[put++] = (byte) (0xc0 | point >> 6);
            out[put++] = (byte) (0x80 | point & 0x3f);
        } else if (point < 0x10000) {
            out[put++] = (byte) (0xe0 | point >> 12);
            out[put++] = (byte) (0x80 | point >> 6 & 0x3f);
            out[put++] = (byte) (0x80 | point & 0x3f);
        } else {
            out[put++] = (byte) (0xf0 | point >> 18);
            out[put++] = (byte) (0x80 | point >> 12 & 0x3f);
            out[put++] = (byte) (0x80 | point >> 6 & 0x3f);
            out[put++] = (byte) (0x80 | point & 0x3f);
        }
        return put;
    }
}
