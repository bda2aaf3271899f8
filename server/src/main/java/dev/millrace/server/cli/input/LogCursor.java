package dev.millrace.server.cli.input;

import org.jspecify.annotations.Nullable;

/** Goes over the bytes of one log line, field by field. A field of {@code -} is null. */
final class LogCursor {
    private static final int DIGITS_MAX = 18;

    /** The line is not of the format. Without a stack trace, since a bad file has many. */
    static final class Mismatch extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Mismatch() {
            super("not in the combined format", null, false, false);
        }
    }

    private final byte[] line;
    private int position;

    LogCursor(byte[] line) {
        this.line = line;
    }

    /** A field that ends before {@code end}, which is skipped. */
    @Nullable String until(String end) {
        int start = position;
        int stop = start;
        while (!isAt(stop, end)) {
            if (stop == line.length) {
                throw new Mismatch();
            }
            stop++;
        }
        position = stop + end.length();
        return orNull(LogText.decode(line, start, stop));
    }

    /** A field in quotes, in which a backslash escapes. */
    @Nullable String quoted() {
        expect("\"");
        int start = position;
        int stop = start;
        while (stop < line.length && line[stop] != '"') {
            stop += line[stop] == '\\' ? 2 : 1;
        }
        if (stop >= line.length) {
            throw new Mismatch();
        }
        position = stop + 1;
        return orNull(LogText.unescape(line, start, stop));
    }

    /** A whole number that ends before {@code end}, which is skipped. */
    @Nullable Long number(String end) {
        String digits = until(end);
        if (digits == null) {
            return null;
        }
        boolean number =
                !digits.isEmpty()
                        && digits.length() <= DIGITS_MAX
                        && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!number) {
            throw new Mismatch();
        }
        return Long.valueOf(digits);
    }

    void expect(String text) {
        if (!isAt(position, text)) {
            throw new Mismatch();
        }
        position += text.length();
    }

    /** Only blanks may follow. */
    void expectEnd() {
        while (position < line.length && line[position] == ' ') {
            position++;
        }
        if (position < line.length) {
            throw new Mismatch();
        }
    }

    private boolean isAt(int at, String text) {
        if (at + text.length() > line.length) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (line[at + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable String orNull(String field) {
        return field.equals("-") ? null : field;
    }
}
