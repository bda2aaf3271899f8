package dev.millrace.server.cli;

import java.util.regex.Pattern;

/**
 * Text that others wrote, for a terminal: control and format characters, which could move the
 * cursor, change colours or turn the direction of writing, are written as JSON escapes them.
 */
final class SafeText {
    private static final Pattern UNSAFE = Pattern.compile("\\p{C}");
    private static final Pattern UNSAFE_IN_JSON = Pattern.compile("[\\p{C}&&[^\\n]]");

    private SafeText() {}

    /** In one line. */
    static String line(String text) {
        return escape(UNSAFE, text);
    }

    /** In one line of at most {@code length} characters. */
    static String line(String text, int length) {
        String line = line(text);
        return line.length() <= length ? line : line.substring(0, length - 1) + "…";
    }

    /** JSON, which stays the same JSON, with its line feeds. */
    static String json(String json) {
        return escape(UNSAFE_IN_JSON, json);
    }

    private static String escape(Pattern unsafe, String text) {
        return unsafe.matcher(text)
                .replaceAll(found -> {
                    StringBuilder escaped = new StringBuilder();
                    for (char unit : found.group().toCharArray()) {
                        escaped.append("\\\\u%04x".formatted((int) unit));
                    }
                    return escaped.toString();
                });
    }
}
