package dev.millrace.connect.table;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.connect.lookup.UnusableSourceException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Reads a table: JSON if the file's name ends with {@code .json}, else CSV. Both in UTF-8. */
final class TableFile {
    /** Of one table. */
    static final int BYTES_MAX = 64 << 20;

    private TableFile() {}

    /**
     * @param column whose values are the keys; absent: the first of a CSV file
     * @throws UnusableSourceException if it is no table; the message names the file
     */
    static Table read(Path file, Optional<String> column) throws UnusableSourceException {
        try {
            String text = text(file);
            return file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".json")
                    ? JsonTable.read(text, column)
                    : CsvTable.read(text, column);
        } catch (UnusableSourceException e) {
            throw new UnusableSourceException(
                    "the table %s cannot be used: %s".formatted(file, e.problem()), e);
        }
    }

    private static String text(Path file) throws UnusableSourceException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(BYTES_MAX + 1);
        } catch (IOException e) {
            throw new UnusableSourceException("it cannot be read (" + e + ")", e);
        }
        if (bytes.length > BYTES_MAX) {
            throw new UnusableSourceException(
                    "it is larger than %d MiB, which is the most that is held in memory; look larger ones up in postgres"
                            .formatted(BYTES_MAX >> 20));
        }
        try {
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new UnusableSourceException("it is not UTF-8; save it as UTF-8", e);
        }
    }
}
