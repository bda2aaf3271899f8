package dev.millrace.core.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Steps through the members of an object, or the elements of an array, in validated JSON. */
final class Members {
    private final JsonScanner scanner;
    private final byte[] bytes;
    private final boolean named;
    private int at;
    private int nameStart;
    private int nameLength;
    private boolean nameEscaped;
    private int valueStart;

    /**
     * @param start at the opening brace or bracket
     */
    Members(JsonScanner scanner, byte[] bytes, int start) {
        this.scanner = scanner;
        this.bytes = bytes;
        this.named = bytes[start] == '{';
        this.at = start + 1;
    }

    /** Goes to the next one, if there is one; the last one must have been left behind. */
    boolean next() {
        at = scanner.space(at);
        if (bytes[at] == ',') {
            at = scanner.space(at + 1);
        }
        if (bytes[at] == '}' || bytes[at] == ']') {
            return false;
        }
        if (named) {
            nameStart = at + 1;
            int close = scanner.string(nameStart);
            nameLength = close - nameStart;
            nameEscaped = (scanner.shape() & Place.ESCAPED) != 0;
            at = scanner.space(scanner.space(close + 1) + 1);
        }
        valueStart = at;
        return true;
    }

    /** Leaves the value behind; returns its end. The scanner has its shape. */
    int skip() {
        at = scanner.value(valueStart);
        return at;
    }

    /** Goes on from the end of the value, which the caller knows. */
    void leave(int end) {
        at = end;
    }

    int valueStart() {
        return valueStart;
    }

    /** Behind the closing brace or bracket, once there is no next. */
    int end() {
        return at + 1;
    }

    boolean isNamed(byte[] utf8) {
        if (nameEscaped) {
            return Arrays.equals(utf8, name().getBytes(StandardCharsets.UTF_8));
        }
        return Arrays.equals(utf8, 0, utf8.length, bytes, nameStart, nameStart + nameLength);
    }

    String name() {
        if (!nameEscaped) {
            return new String(bytes, nameStart, nameLength, StandardCharsets.UTF_8);
        }
        byte[] utf8 = new byte[nameLength];
        int length = Place.unescape(bytes, nameStart, nameLength, utf8, 0);
        return new String(utf8, 0, length, StandardCharsets.UTF_8);
    }
}
