package dev.millrace.server.cli.input;

import dev.millrace.core.MillraceException;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.ZipException;

/**
 * Cuts an input into lines at line feeds. Bytes stay as they are, but a carriage return at the end
 * of a line is cut. Confined to one thread.
 */
public final class LineReader {
    /** No event may be larger, so no line need be. */
    static final int LINE_BYTES_MAX = 1 << 20;

    private final InputFile file;
    private final InputStream in;
    private final byte[] buffer = new byte[1 << 16];
    private int position;
    private int limit;
    private long number;

    public LineReader(InputFile file) {
        this.file = file;
        this.in = file.content();
    }

    /** The number of the line that {@link #next} gave last, from 1; 0 before the first. */
    public long number() {
        return number;
    }

    /**
     * The next line; null at the end.
     *
     * @throws MillraceException if the input cannot be read on, or the line is longer than {@link
     *     #LINE_BYTES_MAX}
     */
    public byte @Nullable [] next() {
        try {
            return read();
        } catch (EOFException e) {
            throw new MillraceException(file.name() + " is cut short: its gzip data has no end", e);
        } catch (ZipException e) {
            throw new MillraceException(
                    "%s is damaged after line %d: %s"
                            .formatted(file.name(), number, e.getMessage()),
                    e);
        } catch (IOException e) {
            throw InputFile.unreadable(file.name(), e);
        }
    }

    private byte @Nullable [] read() throws IOException {
        if (!fill()) {
            return null;
        }
        number++;
        int end = endOfLine();
        if (end < limit) {
            byte[] line = Arrays.copyOfRange(buffer, position, end);
            position = end + 1;
            return withoutReturn(line);
        }
        ByteArrayOutputStream line = new ByteArrayOutputStream(2 * buffer.length);
        do {
            end = endOfLine();
            line.write(buffer, position, end - position);
            position = Math.min(end + 1, limit);
            if (line.size() > LINE_BYTES_MAX) {
                throw new MillraceException(
                        "%s:%d: the line is longer than 1 MiB, which is the most that an event may have"
                                .formatted(file.name(), number));
            }
        } while (end == limit && fill());
        return withoutReturn(line.toByteArray());
    }

    private boolean fill() throws IOException {
        if (position < limit) {
            return true;
        }
        position = 0;
        limit = Math.max(0, in.read(buffer));
        return limit > 0;
    }

    private int endOfLine() {
        int end = position;
        while (end < limit && buffer[end] != '\n') {
            end++;
        }
        return end;
    }

    private static byte[] withoutReturn(byte[] line) {
        int length = line.length;
        return length > 0 && line[length - 1] == '\r' ? Arrays.copyOf(line, length - 1) : line;
    }
}
