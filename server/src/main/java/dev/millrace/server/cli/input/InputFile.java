package dev.millrace.server.cli.input;

import dev.millrace.core.MillraceException;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;

/**
 * An input that was named on the command line, opened: a file, or standard input for {@code -}.
 * What begins like gzip is unpacked, members that follow each other included, whatever its name.
 */
public final class InputFile implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int GZIP_MAGIC_1 = 0x1f;
    private static final int GZIP_MAGIC_2 = 0x8b;

    private final String name;
    private final InputStream content;
    private final AtomicLong bytesRead;

    private InputFile(String name, InputStream content, AtomicLong bytesRead) {
        this.name = name;
        this.content = content;
        this.bytesRead = bytesRead;
    }

    /**
     * Opens an input.
     *
     * @param stdin what {@code -} stands for; it is not closed with the input
     * @throws MillraceException if it cannot be read
     */
    public static InputFile open(String name, InputStream stdin) {
        try {
            boolean standard = name.equals("-");
            AtomicLong bytesRead = new AtomicLong();
            InputStream raw = standard ? new Unclosed(stdin) : Files.newInputStream(Path.of(name));
            InputStream counted = new Members(new Counted(raw, bytesRead));
            return new InputFile(
                    standard ? "standard input" : name,
                    isGzip(counted) ? new GZIPInputStream(counted, BUFFER_BYTES) : counted,
                    bytesRead);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    static MillraceException unreadable(String name, IOException e) {
        String why =
                switch (e) {
                    case NoSuchFileException _ -> "there is no such file";
                    case AccessDeniedException _ -> "permission denied";
                    default -> String.valueOf(e.getMessage());
                };
        return new MillraceException("%s cannot be read: %s".formatted(name, why), e);
    }

    private static boolean isGzip(InputStream in) throws IOException {
        in.mark(2);
        boolean gzip = in.read() == GZIP_MAGIC_1 && in.read() == GZIP_MAGIC_2;
        in.reset();
        return gzip;
    }

    /** How it is called in messages. */
    public String name() {
        return name;
    }

    /** The bytes, unpacked. */
    InputStream content() {
        return content;
    }

    /** Bytes that were read so far, before unpacking. */
    public long bytesRead() {
        return bytesRead.get();
    }

    @Override
    public void close() {
        try {
            content.close();
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    /**
     * {@link GZIPInputStream} looks for a further member only if {@code available()} is not 0,
     * which a pipe may be between two writes. Here it is 0 only at the end.
     */
    private static final class Members extends BufferedInputStream {
        Members(InputStream in) {
            super(in, BUFFER_BYTES);
        }

        @Override
        public synchronized int available() throws IOException {
            int buffered = count - pos;
            if (buffered > 0) {
                return buffered;
            }
            mark(1);
            boolean ended = read() < 0;
            reset();
            return ended ? 0 : 1;
        }
    }

    private static final class Counted extends FilterInputStream {
        private final AtomicLong bytes;

        Counted(InputStream in, AtomicLong bytes) {
            super(in);
            this.bytes = bytes;
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            if (value >= 0) {
                bytes.incrementAndGet();
            }
            return value;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int count = super.read(into, offset, length);
            if (count > 0) {
                bytes.addAndGet(count);
            }
            return count;
        }
    }

    private static final class Unclosed extends FilterInputStream {
        Unclosed(InputStream in) {
            super(in);
        }

        @Override
        public void close() {}
    }
}
