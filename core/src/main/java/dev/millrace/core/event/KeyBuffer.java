package dev.millrace.core.event;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing buffer that holds an encoded group key, meant to be cleared and filled again.
 *
 * <p>The encoding is self-delimiting, so that keys of several values are values put one after
 * another, and its unsigned byte order is the order of the values: null, false, true, numbers by
 * value, strings by code point. A value is a tag and its body:
 *
 * <pre>
 * 1 null · 2 false · 3 true
 * 4 number   8 bytes: the largest double that is not above the value, big-endian, the sign bit
 *            flipped, for negatives all bits; if its magnitude is 2^53 or more, then 2 bytes
 *            big-endian: the value minus that double
 * 5 string   UTF-8, a zero byte written 00 FF; then 00
 * </pre>
 *
 * Numbers that are equal encode alike, however they are written: {@code 5}, {@code 5.0} and {@code
 * -0.0} and {@code 0}. A field that is missing is encoded as null. Confined to one thread.
 */
public final class KeyBuffer {
    static final byte NULL = 1;
    static final byte FALSE = 2;
    static final byte TRUE = 3;
    static final byte NUMBER = 4;
    static final byte STRING = 5;
    static final byte ESCAPED_ZERO = (byte) 0xff;

    /** From here on doubles are further apart than longs. */
    static final double EXACT = 0x1p53;

    private static final double LONG_LIMIT = 0x1p63;

    private byte[] bytes = new byte[64];
    private int length;

    public void clear() {
        length = 0;
    }

    /** Replaces the content by a key that was encoded before. */
    public void set(byte[] key) {
        set(key, 0, key.length);
    }

    /** Replaces the content by a key that was encoded before and stands in {@code source}. */
    public void set(byte[] source, int offset, int count) {
        length = 0;
        reserve(count);
        System.arraycopy(source, offset, bytes, 0, count);
        length = count;
    }

    /** The backing array, which the next append may replace; valid up to {@link #length()}. */
    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    public boolean holds(byte[] key) {
        return Arrays.equals(bytes, 0, length, key, 0, key.length);
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    /** Of the bytes so far; for tables in memory, not to be stored. */
    public int hash() {
        return Bytes.hash(bytes, 0, length);
    }

    public void appendNull() {
        put(NULL);
    }

    public void appendBoolean(boolean value) {
        put(value ? TRUE : FALSE);
    }

    public void appendLong(long value) {
        double floor = value;
        // Rounded up past the value; 2^63 would saturate back to Long.MAX_VALUE and look equal.
        if (floor == LONG_LIMIT || (long) floor > value) {
            floor = Math.nextDown(floor);
        }
        appendNumber(floor, (int) (value - (long) floor));
    }

    /**
     * @param value not NaN, which JSON cannot hold
     */
    public void appendDouble(double value) {
        if (Double.isNaN(value)) {
            throw new IllegalArgumentException("NaN cannot be part of a key");
        }
        appendNumber(value + 0.0, 0);
    }

    private void appendNumber(double floor, int above) {
        reserve(11);
        bytes[length] = NUMBER;
        Bytes.putBigEndian(bytes, length + 1, sortable(floor));
        length += 9;
        if (Math.abs(floor) >= EXACT) {
            bytes[length] = (byte) (above >>> 8);
            bytes[length + 1] = (byte) above;
            length += 2;
        }
    }

    static long sortable(double value) {
        long bits = Double.doubleToLongBits(value);
        return bits ^ (bits >> 63 | Long.MIN_VALUE);
    }

    static double fromSortable(long sortable) {
        return Double.longBitsToDouble(sortable < 0 ? sortable ^ Long.MIN_VALUE : ~sortable);
    }

    public void appendString(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        appendUtf8(utf8, 0, utf8.length);
    }

    /** Appends a string given as UTF-8. */
    public void appendUtf8(byte[] utf8, int offset, int count) {
        reserve(2 * count + 2);
        bytes[length++] = STRING;
        for (int i = offset; i < offset + count; i++) {
            bytes[length++] = utf8[i];
            if (utf8[i] == 0) {
                bytes[length++] = ESCAPED_ZERO;
            }
        }
        bytes[length++] = 0;
    }

    /** Appends a string given as UTF-8 that holds no zero byte. */
    void appendUtf8WithoutZero(byte[] utf8, int offset, int count) {
        reserve(count + 2);
        bytes[length] = STRING;
        System.arraycopy(utf8, offset, bytes, length + 1, count);
        length += count + 2;
        bytes[length - 1] = 0;
    }

    /**
     * Appends a plain value.
     *
     * @return false, and nothing is appended, if it is a list or a map, which cannot be a key
     */
    public boolean append(@Nullable Object value) {
        switch (value) {
            case null -> appendNull();
            case Boolean flag -> appendBoolean(flag);
            case Long number -> appendLong(number);
            case Double number -> appendDouble(number);
            case String text -> appendString(text);
            default -> {
                if (!value.equals(Event.MISSING)) {
                    return false;
                }
                appendNull();
            }
        }
        return true;
    }

    private void put(byte tag) {
        reserve(1);
        bytes[length++] = tag;
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
