package dev.millrace.core.event;

import org.jspecify.annotations.Nullable;

/** JSON texts to plain values and back: String, Long, Double, Boolean, null, List, Map. */
public final class Json {
    private Json() {}

    public static @Nullable Object decode(byte[] json) {
        return decode(json, 0, json.length);
    }

    /**
     * Reads one JSON text, as strictly as the event reader, nested up to {@link
     * ReadLimits#MAX_DEPTH}. An integer in the range of a long is a Long, every other number a
     * Double; of duplicate names the last wins.
     *
     * @return a value whose lists and maps are unmodifiable and keep the order of the text
     * @throws IllegalArgumentException if it is no JSON; the message has the byte offset
     */
    public static @Nullable Object decode(byte[] json, int offset, int length) {
        int end = offset + length;
        JsonScanner scanner = new JsonScanner(json, end, ReadLimits.MAX_DEPTH, false);
        try {
            int start = scanner.space(offset);
            int stop = scanner.value(start);
            if (scanner.flaw() != null) {
                throw JsonException.malformed(scanner.flaw(), scanner.flawOffset());
            }
            int behind = scanner.space(stop);
            if (behind < end) {
                throw scanner.unexpected(behind, "the end of the text");
            }
            return JsonDecoder.decode(json, start, stop - start);
        } catch (JsonException e) {
            throw new IllegalArgumentException(
                    "no JSON: %s at byte %d".formatted(e.reason(), e.offset() - offset), e);
        }
    }

    /**
     * Writes a value without white space.
     *
     * @throws IllegalArgumentException if JSON cannot hold it, such as NaN
     */
    public static byte[] encode(@Nullable Object value) {
        JsonEncoder encoder = new JsonEncoder();
        encoder.value(value);
        return encoder.toByteArray();
    }
}
