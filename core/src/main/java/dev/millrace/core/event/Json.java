package dev.millrace.core.event;

import org.jspecify.annotations.Nullable;

/** JSON texts to plain values and back: String, Long, Double, Boolean, null, List, Map. */
public final class Json {
    private Json() {}

    public static @Nullable Object decode(byte[] json) {
        return decode(json, 0, json.length);
    }

    /**
     * Reads one JSON text, as strictly as the event reader. An integer in the range of a long is a
     * Long, every other number a Double; of duplicate names the last wins.
     *
     * @return a value whose lists and maps are unmodifiable and keep the order of the text
     * @throws IllegalArgumentException if it is no JSON; the message has the byte offset
     */
    public static @Nullable Object decode(byte[] json, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    /**
     * Writes a value without white space.
     *
     * @throws IllegalArgumentException if JSON cannot hold it, such as NaN
     */
    public static byte[] encode(@Nullable Object value) {
        throw new UnsupportedOperationException();
    }
}
