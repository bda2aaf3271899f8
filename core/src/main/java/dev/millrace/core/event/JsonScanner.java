package dev.millrace.core.event;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Validates JSON (RFC 8259) in a byte array and notes in a row where projected values stand, both
 * in one pass and without allocating. Strict: UTF-8 without overlong forms or surrogates, no
 * control characters in strings, numbers by the grammar.
 *
 * <p>A text can be JSON and still hold what no plain value can: a number beyond the range of a
 * double, or half a surrogate pair in an escape. That is a <em>flaw</em>: the scanner remembers the
 * first and goes on, so that only the event which holds it is spoilt.
 *
 * <p>Confined to one thread.
 */
final class JsonScanner {
    /*
     * One class, since the grammar is one recursion, and every call in it is hot.
     *
     * Strings are most of the bytes. They are skipped eight at a time with the test for a zero byte
     * from Hacker's Delight, 6-1: (x ^ quote) - 01..01 sets the high bit of the first byte that is a
     * quote; the same for backslash, and x - 20..20 for control characters. A borrow can only spoil
     * bytes behind the first hit, and the lowest hit is all that is used. Bytes above 7f are hits.
     */
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long QUOTES = '"' * ONES;
    private static final long BACKSLASHES = '\\' * ONES;
    private static final long SPACES = ' ' * ONES;

    /** Digits that always fit a long. */
    private static final int LONG_DIGITS = 18;

    /** Digits that always fit a double. */
    private static final int DOUBLE_DIGITS = 308;

    private final byte[] bytes;
    private final int end;
    private final int maxDepth;
    private final boolean lines;

    private int[] table = {};
    private int row;
    private int shape;
    private int flawOffset;
    private @Nullable String flaw;

    /**
     * @param end where the text ends; reads stay before it
     * @param maxDepth nesting of objects and arrays
     * @param lines whether a text ends at a line feed
     */
    JsonScanner(byte[] bytes, int end, int maxDepth, boolean lines) {
        this.bytes = bytes;
        this.end = end;
        this.maxDepth = maxDepth;
        this.lines = lines;
    }

    /** For text that was validated before. */
    static JsonScanner trusting(byte[] bytes, int end) {
        return new JsonScanner(bytes, end, Integer.MAX_VALUE, false);
    }

    /**
     * Scans a value and fills a row with the places of the nodes under {@code event}, which must be
     * zero before.
     *
     * @return behind the value; its shape is {@link #shape()}
     */
    int event(int at, Projection.Node event, int[] table, int row) {
        this.table = table;
        this.row = row;
        this.flaw = null;
        return value(at, event, 0);
    }

    /** Scans a value; returns behind it. */
    int value(int at) {
        flaw = null;
        return value(at, null, 0);
    }

    /** Kind and flags of the value that was scanned last, as {@link Place} packs them. */
    int shape() {
        return shape;
    }

    /** What a plain value could not hold in the text scanned last, or null. */
    @Nullable String flaw() {
        return flaw;
    }

    int flawOffset() {
        return flawOffset;
    }

    /** Skips white space; in lines, up to the line feed. */
    int space(int at) {
        int i = at;
        while (i < end) {
            byte c = bytes[i];
            if (c > ' ' || c != ' ' && c != '\t' && c != '\r' && (c != '\n' || lines)) {
                return i;
            }
            i++;
        }
        return i;
    }

    private int value(int at, Projection.@Nullable Node node, int depth) {
        return switch (byteAt(at)) {
            case '"' -> string(at + 1) + 1;
            case '{' ->
                    node == null || node.children().isEmpty()
                            ? object(at, depth + 1)
                            : object(at, node, depth + 1);
            case '[' -> array(at, depth + 1);
            case 't' -> literal(at, "true", JsonKind.BOOLEAN);
            case 'f' -> literal(at, "false", JsonKind.BOOLEAN);
            case 'n' -> literal(at, "null", JsonKind.NULL);
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number(at);
            default -> throw unexpected(at, "a value");
        };
    }

    private int object(int start, int depth) {
        checkDepth(start, depth);
        int at = space(start + 1);
        if (byteAt(at) == '}') {
            shape = Place.OBJECT;
            return at + 1;
        }
        while (true) {
            at = space(value(behindColon(name(at) + 1), null, depth));
            byte c = byteAt(at);
            if (c == ',') {
                at = space(at + 1);
            } else if (c == '}') {
                shape = Place.OBJECT;
                return at + 1;
            } else {
                throw unexpected(at, "',' or '}'");
            }
        }
    }

    /** An object in which members are looked for. */
    private int object(int start, Projection.Node node, int depth) {
        checkDepth(start, depth);
        int at = space(start + 1);
        if (byteAt(at) == '}') {
            shape = Place.OBJECT;
            return at + 1;
        }
        MemberOrder order = node.order();
        int place = 0;
        while (true) {
            MemberOrder.Member member =
                    at <= end - MemberOrder.TOKEN_BYTES_MAX ? order.find(place, bytes, at) : null;
            Projection.Node child;
            if (member != null) {
                child = member.child();
                place = MemberOrder.after(member.place());
                at = space(at + member.length());
            } else {
                int close = name(at);
                child = find(node, at + 1, close);
                if (isToken(at, close)) {
                    order.surprise(place, bytes, at, close + 2 - at, child);
                    place = MemberOrder.after(place);
                }
                at = behindColon(close + 1);
            }
            if (child == null) {
                at = value(at, null, depth);
            } else {
                forgetBelow(child);
                int from = at;
                at = value(at, child, depth);
                note(child, from, at);
            }
            at = space(at);
            byte c = byteAt(at);
            if (c == ',') {
                at = space(at + 1);
            } else if (c == '}') {
                shape = Place.OBJECT;
                return at + 1;
            } else {
                throw unexpected(at, "',' or '}'");
            }
        }
    }

    /** Scans a name with its quotes; returns at the closing one. */
    private int name(int at) {
        if (byteAt(at) != '"') {
            throw unexpected(at, "a name in quotes");
        }
        return string(at + 1);
    }

    /** Where the value stands after a name that ended before {@code at}. */
    private int behindColon(int at) {
        int colon = space(at);
        if (byteAt(colon) != ':') {
            throw unexpected(colon, "':'");
        }
        return space(colon + 1);
    }

    /** Whether the name that was just scanned can be expected the next time. */
    private boolean isToken(int open, int close) {
        return close + 2 - open <= MemberOrder.TOKEN_BYTES_MAX
                && open <= end - MemberOrder.TOKEN_BYTES_MAX
                && bytes[close + 1] == ':'
                && (shape & Place.ESCAPED) == 0;
    }

    /** The child with the name that was just scanned. */
    private Projection.@Nullable Node find(Projection.Node node, int start, int stop) {
        int length = stop - start;
        if ((shape & Place.ESCAPED) == 0) {
            long head = Bytes.head(bytes, start, length);
            return node.names().find(bytes, start, length, head);
        }
        if (flaw != null) {
            return null;
        }
        byte[] name = new byte[length];
        int unescaped = Place.unescape(bytes, start, length, name, 0);
        return node.names().find(name, 0, unescaped, Bytes.head(name, 0, unescaped));
    }

    /** Of duplicate names the last wins, with all that is in it. */
    private void forgetBelow(Projection.Node node) {
        if (node.slotEnd > node.slot + 1 && table[Place.column(row, node.slot) + 1] != 0) {
            Arrays.fill(
                    table, Place.column(row, node.slot + 1), Place.column(row, node.slotEnd), 0);
        }
    }

    private void note(Projection.Node node, int from, int to) {
        int quote = (shape & Place.KIND) == Place.STRING ? 1 : 0;
        int column = Place.column(row, node.slot);
        table[column] = from + quote;
        table[column + 1] = Place.pack(to - from - 2 * quote, shape);
    }

    private int array(int start, int depth) {
        checkDepth(start, depth);
        int at = space(start + 1);
        if (byteAt(at) == ']') {
            shape = Place.ARRAY;
            return at + 1;
        }
        while (true) {
            at = space(value(at, null, depth));
            byte c = byteAt(at);
            if (c == ',') {
                at = space(at + 1);
            } else if (c == ']') {
                shape = Place.ARRAY;
                return at + 1;
            } else {
                throw unexpected(at, "',' or ']'");
            }
        }
    }

    private void checkDepth(int at, int depth) {
        if (depth > maxDepth) {
            throw JsonException.tooLarge(
                    "objects and arrays are nested deeper than " + maxDepth, at);
        }
    }

    private static long stops(long word) {
        return ((word ^ QUOTES) - ONES | (word ^ BACKSLASHES) - ONES | word - SPACES | word)
                & HIGHS;
    }

    /**
     * Scans a string.
     *
     * @param start behind the opening quote
     * @return at the closing quote
     */
    int string(int start) {
        int flags = Place.STRING;
        int at = start;
        while (true) {
            while (at <= end - Long.BYTES) {
                long stops = stops(Bytes.word(bytes, at));
                if (stops != 0) {
                    at += Long.numberOfTrailingZeros(stops) >>> 3;
                    break;
                }
                at += Long.BYTES;
            }
            if (at >= end) {
                throw unexpected(at, "'\"' at the end of a string");
            }
            byte c = bytes[at];
            if (c == '"') {
                shape = flags;
                return at;
            } else if (c == '\\') {
                flags |= Place.ESCAPED;
                at = escape(at);
            } else if (c < 0) {
                flags |= Place.NON_ASCII;
                do {
                    at = utf8(at);
                } while (at < end && bytes[at] < 0);
            } else if (c < ' ') {
                throw JsonException.malformed(
                        "a string holds the control character 0x%02x, which must be escaped"
                                .formatted(c),
                        at);
            } else {
                at++;
            }
        }
    }

    private int escape(int at) {
        byte escape = byteAt(at + 1);
        if (escape != 'u') {
            if ("\"\\/bfnrt".indexOf(escape) < 0) {
                throw JsonException.malformed("a string holds an escape that JSON has not", at);
            }
            return at + 2;
        }
        char unit = (char) hex(at + 2);
        if (!Character.isSurrogate(unit)) {
            return at + 6;
        }
        if (Character.isHighSurrogate(unit)
                && byteAt(at + 6) == '\\'
                && byteAt(at + 7) == 'u'
                && Character.isLowSurrogate((char) hex(at + 8))) {
            return at + 12;
        }
        flaw("the escape \\u%04x is half a surrogate pair".formatted((int) unit), at);
        return at + 6;
    }

    private int hex(int at) {
        int unit = 0;
        for (int i = at; i < at + 4; i++) {
            int digit = Character.digit(byteAt(i), 16);
            if (digit < 0) {
                throw JsonException.malformed("\\u must be followed by four hexadecimal digits", i);
            }
            unit = unit << 4 | digit;
        }
        return unit;
    }

    /** One character of two to four bytes by the table of RFC 3629, section 4. */
    private int utf8(int at) {
        int lead = bytes[at] & 0xff;
        int second = byteAt(at + 1) & 0xff;
        int length;
        boolean valid;
        if (lead < 0xe0) {
            length = 2;
            valid = lead >= 0xc2 && isContinuation(second);
        } else if (lead < 0xf0) {
            length = 3;
            int low = lead == 0xe0 ? 0xa0 : 0x80;
            int high = lead == 0xed ? 0x9f : 0xbf;
            valid = second >= low && second <= high && isContinuation(byteAt(at + 2));
        } else {
            length = 4;
            int low = lead == 0xf0 ? 0x90 : 0x80;
            int high = lead == 0xf4 ? 0x8f : 0xbf;
            valid =
                    lead <= 0xf4
                            && second >= low
                            && second <= high
                            && isContinuation(byteAt(at + 2))
                            && isContinuation(byteAt(at + 3));
        }
        if (!valid) {
            throw JsonException.malformed("a string is not valid UTF-8", at);
        }
        return at + length;
    }

    private static boolean isContinuation(int b) {
        return (b & 0xc0) == 0x80;
    }

    private int number(int start) {
        int integer = bytes[start] == '-' ? start + 1 : start;
        int at = digits(integer);
        int count = at - integer;
        if (count > 1 && bytes[integer] == '0') {
            throw JsonException.malformed("a number must not start with a zero", integer);
        }
        boolean exponent = false;
        boolean decimal = false;
        if (byteAt(at) == '.') {
            decimal = true;
            at = digits(at + 1);
        }
        if ((byteAt(at) | 0x20) == 'e') {
            decimal = true;
            exponent = true;
            byte sign = byteAt(at + 1);
            at = digits(sign == '-' || sign == '+' ? at + 2 : at + 1);
        }
        boolean whole =
                !decimal
                        && (count <= LONG_DIGITS || JsonNumbers.fitsLong(bytes, start, at - start));
        shape = whole ? Place.INTEGER : Place.DECIMAL;
        if ((exponent || count > DOUBLE_DIGITS)
                && Double.isInfinite(JsonNumbers.toDouble(bytes, start, at - start))) {
            String text = new String(bytes, start, at - start, StandardCharsets.ISO_8859_1);
            flaw("the number " + Found.cut(text) + " is beyond the range of a double", start);
        }
        return at;
    }

    private int digits(int start) {
        int at = start;
        while (at <= end - Long.BYTES) {
            int count = Bytes.leadingDigits(Bytes.word(bytes, at));
            at += count;
            if (count < Long.BYTES) {
                break;
            }
        }
        while (at < end && isDigit(bytes[at])) {
            at++;
        }
        if (at == start) {
            throw unexpected(at, "a digit");
        }
        return at;
    }

    private static boolean isDigit(byte c) {
        return c >= '0' && c <= '9';
    }

    private int literal(int start, String word, JsonKind kind) {
        for (int i = 1; i < word.length(); i++) {
            if (byteAt(start + i) != word.charAt(i)) {
                throw unexpected(start, "a value");
            }
        }
        shape = kind.code();
        return start + word.length();
    }

    private void flaw(String what, int at) {
        if (flaw == null) {
            flaw = what;
            flawOffset = at;
        }
    }

    /** Zero, which no grammar allows, behind the end. */
    private byte byteAt(int at) {
        return at < end ? bytes[at] : 0;
    }

    JsonException unexpected(int at, String expected) {
        String found;
        if (at >= end) {
            found = "the text ends";
        } else if (lines && bytes[at] == '\n') {
            found = "the line ends";
        } else if (bytes[at] > ' ' && bytes[at] < 0x7f) {
            found = "found '" + (char) bytes[at] + "'";
        } else {
            found = "found byte 0x%02x".formatted(bytes[at]);
        }
        return JsonException.malformed("expected " + expected + ", " + found, at);
    }
}
