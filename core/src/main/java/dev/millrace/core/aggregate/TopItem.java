package dev.millrace.core.aggregate;

import dev.millrace.core.event.KeyBuffer;
import dev.millrace.core.event.KeyCodec;

import org.apache.datasketches.hash.MurmurHash3FFM;
import org.apache.datasketches.hash.XxHash64;
import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/**
 * A value that is counted, as its key. Ordered like keys. Immutable.
 *
 * <p>A string longer than {@value #TEXT_BYTES_MAX} bytes (of UTF-8, a NUL taken twice) is cut there
 * and followed by {@code …} and 32 hex digits of its hash (MurmurHash3 x64, 128 bits, seed 0, of
 * its key). Two long strings so remain two values, and no short one can look like either.
 */
final class TopItem implements Comparable<TopItem> {
    static final int TEXT_BYTES_MAX = 256;

    /** Around the text of a string's key. */
    private static final int TAG_AND_END = 2;

    private static final long SEED = 0;

    private final byte[] key;
    private final int hash;

    private TopItem(byte[] key) {
        this.key = key;
        this.hash = (int) XxHash64.hashBytes(key, 0, key.length, SEED);
    }

    /**
     * @param key of one value, not null
     */
    static TopItem of(KeyBuffer key) {
        byte[] bytes = key.toByteArray();
        return new TopItem(bytes.length <= TEXT_BYTES_MAX + TAG_AND_END ? bytes : cut(bytes));
    }

    private static byte[] cut(byte[] key) {
        int end = 1 + TEXT_BYTES_MAX;
        while (isInsideCharacter(key[end])) {
            end--;
        }
        long[] hash = MurmurHash3FFM.hash(key, SEED);
        HexFormat hex = HexFormat.of();
        KeyBuffer tail = new KeyBuffer();
        tail.appendString("…" + hex.toHexDigits(hash[0]) + hex.toHexDigits(hash[1]));
        byte[] cut = Arrays.copyOf(key, end + tail.length() - 1);
        System.arraycopy(tail.bytes(), 1, cut, end, tail.length() - 1);
        return cut;
    }

    /** A continuation byte of UTF-8, or the FF behind an escaped NUL. */
    private static boolean isInsideCharacter(byte utf8) {
        return (utf8 & 0xc0) == 0x80 || utf8 == (byte) 0xff;
    }

    /**
     * @throws IllegalArgumentException if the bytes are not the key of one value, or null's
     */
    static TopItem decode(byte[] key) {
        var values = KeyCodec.decode(key);
        if (values.size() != 1 || values.getFirst() == null) {
            throw new IllegalArgumentException("not the key of one value");
        }
        return new TopItem(key);
    }

    /** Not to be changed. */
    byte[] key() {
        return key;
    }

    /** A String, Long, Double or Boolean. */
    Object value() {
        return Objects.requireNonNull(KeyCodec.decode(key).getFirst());
    }

    @Override
    public int compareTo(TopItem other) {
        return Arrays.compareUnsigned(key, other.key);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TopItem item && hash == item.hash && Arrays.equals(key, item.key);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
