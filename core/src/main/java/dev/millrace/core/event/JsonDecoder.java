package dev.millrace.core.event;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Validated JSON to plain values, unmodifiable and in the order of the text. */
final class JsonDecoder {
    private final byte[] bytes;
    private final JsonScanner scanner;
    private final Place place = new Place();

    private JsonDecoder(byte[] bytes, int end) {
        this.bytes = bytes;
        this.scanner = JsonScanner.trusting(bytes, end);
    }

    /**
     * @param start at the value, no white space before it
     */
    static @Nullable Object decode(byte[] bytes, int start, int length) {
        JsonDecoder decoder = new JsonDecoder(bytes, start + length);
        return switch (bytes[start]) {
            case '{' -> decoder.object(new Members(decoder.scanner, bytes, start));
            case '[' -> decoder.array(new Members(decoder.scanner, bytes, start));
            default -> {
                int end = decoder.scanner.value(start);
                yield decoder.place.scanned(bytes, start, end, decoder.scanner.shape()).decode();
            }
        };
    }

    private Map<String, @Nullable Object> object(Members members) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        while (members.next()) {
            object.put(members.name(), value(members));
        }
        return Collections.unmodifiableMap(object);
    }

    private List<@Nullable Object> array(Members members) {
        List<@Nullable Object> array = new ArrayList<>();
        while (members.next()) {
            array.add(value(members));
        }
        return Collections.unmodifiableList(array);
    }

    private @Nullable Object value(Members members) {
        int start = members.valueStart();
        boolean object = bytes[start] == '{';
        if (object || bytes[start] == '[') {
            Members inner = new Members(scanner, bytes, start);
            Object value = object ? object(inner) : array(inner);
            members.leave(inner.end());
            return value;
        }
        int end = members.skip();
        return place.scanned(bytes, start, end, scanner.shape()).decode();
    }
}
