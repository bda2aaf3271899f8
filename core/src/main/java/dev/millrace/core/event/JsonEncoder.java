package dev.millrace.core.event;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Plain values to JSON without white space. Confined to one thread. */
final class JsonEncoder {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

    byte[] toByteArray() {
        return out.toByteArray();
    }

    void raw(char c) {
        out.write(c);
    }

    void raw(byte[] bytes, int start, int length) {
        out.write(bytes, start, length);
    }

    /**
     * @throws IllegalArgumentException if JSON cannot hold it
     */
    void value(@Nullable Object value) {
        switch (value) {
            case null -> ascii("null");
            case String text -> string(text);
            case Boolean flag -> ascii(flag.toString());
            case Long number -> ascii(number.toString());
            case Double number when Double.isFinite(number) -> ascii(number.toString());
            case List<?> list -> array(list);
            case Map<?, ?> map -> object(map);
            default ->
                    throw new IllegalArgumentException(
                            "JSON cannot hold %s of %s"
                                    .formatted(value, value.getClass().getSimpleName()));
        }
    }

    private void array(List<?> list) {
        char before = '[';
        for (Object element : list) {
            raw(before);
            value(element);
            before = ',';
        }
        if (list.isEmpty()) {
            raw('[');
        }
        raw(']');
    }

    private void object(Map<?, ?> map) {
        char before = '{';
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            raw(before);
            if (!(entry.getKey() instanceof String name)) {
                throw new IllegalArgumentException("a JSON name must be a string: " + entry);
            }
            string(name);
            raw(':');
            value(entry.getValue());
            before = ',';
        }
        if (map.isEmpty()) {
            raw('{');
        }
        raw('}');
    }

    /** Half a surrogate pair, which UTF-8 cannot hold, becomes a question mark. */
    void string(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.write('"');
        int plain = 0;
        for (int i = 0; i < utf8.length; i++) {
            byte c = utf8[i];
            if (c >= 0 && c < ' ' || c == '"' || c == '\\') {
                out.write(utf8, plain, i - plain);
                escape(c);
                plain = i + 1;
            }
        }
        out.write(utf8, plain, utf8.length - plain);
        out.write('"');
    }

    private void escape(byte c) {
        out.write('\\');
        switch (c) {
            case '"', '\\' -> out.write(c);
            case '\n' -> out.write('n');
            case '\r' -> out.write('r');
            case '\t' -> out.write('t');
            default -> {
                ascii("u00");
                out.write(HEX[c >> 4]);
                out.write(HEX[c & 15]);
            }
        }
    }

    private void ascii(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        out.write(bytes, 0, bytes.length);
    }
}
