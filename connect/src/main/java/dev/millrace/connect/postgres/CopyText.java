package dev.millrace.connect.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;

/** Lines of COPY's text format: UTF-8, cells parted by tabs. Confined to one thread. */
final class CopyText {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean isLineBegun;

    /** A text or what reads as one; null for nothing. */
    CopyText cell(@Nullable Object value) {
        return value == null ? raw("\\N".getBytes(UTF_8)) : cell(value.toString().getBytes(UTF_8));
    }

    /**
     * @param utf8 without the character NUL
     */
    CopyText cell(byte[] utf8) {
        separate();
        for (byte one : utf8) {
            switch (one) {
                case '\\' -> escaped('\\');
                case '\t' -> escaped('t');
                case '\n' -> escaped('n');
                case '\r' -> escaped('r');
                default -> bytes.write(one);
            }
        }
        return this;
    }

    private CopyText raw(byte[] cell) {
        separate();
        bytes.writeBytes(cell);
        return this;
    }

    private void escaped(char letter) {
        bytes.write('\\');
        bytes.write(letter);
    }

    private void separate() {
        if (isLineBegun) {
            bytes.write('\t');
        }
        isLineBegun = true;
    }

    void endLine() {
        bytes.write('\n');
        isLineBegun = false;
    }

    int size() {
        return bytes.size();
    }

    /** What was written since the last time. */
    byte[] take() {
        byte[] taken = bytes.toByteArray();
        bytes.reset();
        return taken;
    }
}
