package dev.millrace.core.event;

import java.util.Arrays;

/**
 * The UTF-8 of a string where it stands in the body, to be compared without being decoded. Of use
 * until the event it came from moves on or is asked for another. Confined to one thread.
 */
public final class Utf8View {
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;

    private byte[] bytes = {};
    private int start;
    private int length;

    Utf8View() {}

    Utf8View at(Place string) {
        bytes = string.bytes();
        start = string.start();
        length = string.length();
        return this;
    }

    public boolean isEqualTo(byte[] utf8) {
        return length == utf8.length && isAt(start, utf8);
    }

    public boolean startsWith(byte[] utf8) {
        return length >= utf8.length && isAt(start, utf8);
    }

    public boolean endsWith(byte[] utf8) {
        return length >= utf8.length && isAt(start + length - utf8.length, utf8);
    }

    /**
     * Whether the bytes occur, which for valid UTF-8 is the same as whether the text does. Eight
     * places at a time are looked at for the first byte and the last, as in <a
     * href="http://0x80.pl/articles/simd-strfind.html">Muła's generic search</a>, and only those
     * where both fit are compared.
     */
    public boolean contains(byte[] utf8) {
        int lastOf = utf8.length - 1;
        if (lastOf < 0) {
            return true;
        }
        long firsts = (utf8[0] & 0xff) * ONES;
        long lasts = (utf8[lastOf] & 0xff) * ONES;
        int stop = start + length - lastOf;
        int at = start;
        for (; at <= stop - Long.BYTES; at += Long.BYTES) {
            long differences =
                    Bytes.word(bytes, at) ^ firsts | Bytes.word(bytes, at + lastOf) ^ lasts;
            // The high bit of every byte that is zero, and perhaps of some behind the first.
            long fits = differences - ONES & ~differences & HIGHS;
            while (fits != 0) {
                if (isAt(at + (Long.numberOfTrailingZeros(fits) >>> 3), utf8)) {
                    return true;
                }
                fits &= fits - 1;
            }
        }
        for (; at < stop; at++) {
            if (isAt(at, utf8)) {
                return true;
            }
        }
        return false;
    }

    private boolean isAt(int at, byte[] utf8) {
        return Arrays.equals(bytes, at, at + utf8.length, utf8, 0, utf8.length);
    }
}
