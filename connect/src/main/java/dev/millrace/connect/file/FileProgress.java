package dev.millrace.connect.file;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.millrace.core.connector.SinkCursor;
import dev.millrace.core.event.Json;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How far a sink is, and what of its open file counts. It is one small file of JSON, replaced in
 * one step: that step is what commits a batch.
 *
 * @param open empty while nothing is being written
 * @param closing the name under which the open file is about to be shown
 */
record FileProgress(SinkCursor cursor, Optional<Open> open, Optional<String> closing) {
    /**
     * The file that is being written.
     *
     * @param first the position with which it begins
     * @param bytes that count; what is behind them was never committed
     * @param sinceMs when it was begun, epoch milliseconds
     */
    record Open(long first, long bytes, long sinceMs, boolean gzip) {}

    static FileProgress at(SinkCursor cursor) {
        return new FileProgress(cursor, Optional.empty(), Optional.empty());
    }

    FileProgress with(SinkCursor moved, Optional<Open> opened) {
        return new FileProgress(moved, opened, Optional.empty());
    }

    FileProgress closing(String name) {
        return new FileProgress(cursor, open, Optional.of(name));
    }

    /**
     * @return empty where there is none
     * @throws IOException if it cannot be read, or is not what {@link #save} wrote
     */
    static Optional<FileProgress> load(Path file) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
        try {
            if (Json.decode(bytes) instanceof Map<?, ?> json
                    && json.get("owner") instanceof String owner
                    && json.get("position") instanceof Long position) {
                return Optional.of(
                        new FileProgress(
                                new SinkCursor(owner, position),
                                open(json.get("open")),
                                Optional.ofNullable(json.get("closing")).map(String::valueOf)));
            }
        } catch (IllegalArgumentException broken) {
            throw new IOException(unreadable(file), broken);
        }
        throw new IOException(unreadable(file));
    }

    private static String unreadable(Path file) {
        return "%s is no cursor; delete it, and the sink goes on where it was last noted"
                .formatted(file);
    }

    private static Optional<Open> open(@Nullable Object json) {
        if (json == null) {
            return Optional.empty();
        }
        if (json instanceof Map<?, ?> open
                && open.get("first") instanceof Long first
                && open.get("bytes") instanceof Long bytes
                && open.get("since") instanceof Long sinceMs
                && open.get("gzip") instanceof Boolean gzip) {
            return Optional.of(new Open(first, bytes, sinceMs, gzip));
        }
        throw new IllegalArgumentException("no open file: " + json);
    }

    /** Returns once it is durable, in place of what was there. */
    void save(Path file) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("owner", cursor.owner());
        json.put("position", cursor.position());
        open.ifPresent(its ->
                json.put(
                        "open",
                        Map.of(
                                "first", its.first(),
                                "bytes", its.bytes(),
                                "since", its.sinceMs(),
                                "gzip", its.gzip())));
        closing.ifPresent(name -> json.put("closing", name));
        Path folder = file.resolveSibling(".").normalize();
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(temporary, CREATE, WRITE, TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(Json.encode(json));
            while (bytes.hasRemaining()) {
                int _ = channel.write(bytes);
            }
            channel.force(true);
        }
        Path _ = Files.move(temporary, file, ATOMIC_MOVE);
        Folders.sync(folder);
    }
}
