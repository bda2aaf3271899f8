package dev.millrace.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.port.StorageException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * The file {@code BACKUP} of a backup: when it was taken, and which files belong to it. In lines of
 * UTF-8:
 *
 * <pre>{@code
 * millrace-backup 1
 * taken-at-ms 1764000000000
 * pipelines shop web
 * file 000012.sst 345678
 * file 000015.log 2048 1a2b3c4d
 * checksum 5e6f7a8b
 * }</pre>
 *
 * A file has its size in bytes and, in hexadecimal digits, its CRC-32C. Tables have none: they are
 * large, and have checksums inside. The last line has the CRC-32C of all lines before it.
 */
record BackupManifest(long takenAtMs, List<String> pipelines, List<Entry> files) {
    static final String FILE = "BACKUP";
    private static final String HEADER = "millrace-backup 1";
    private static final String TABLE = ".sst";

    /** One file of the backup; no checksum: it is a table. */
    record Entry(String name, long bytes, OptionalLong checksum) {
        Entry {
            if (!name.matches("[A-Za-z0-9][A-Za-z0-9.-]*")) {
                throw new IllegalArgumentException("'" + name + "' is no file of a backup");
            }
        }

        private String line() {
            String sum = checksum.isPresent() ? " " + hex(checksum.getAsLong()) : "";
            return "file " + name + " " + bytes + sum;
        }
    }

    /** Of the files that are in {@code directory} now. */
    static BackupManifest of(Path directory, long takenAtMs, List<String> pipelines)
            throws IOException {
        List<Entry> files = new ArrayList<>();
        try (Stream<Path> there = Files.list(directory)) {
            for (Path file : there.sorted().toList()) {
                files.add(entry(file));
            }
        }
        return new BackupManifest(takenAtMs, pipelines, files);
    }

    /** What {@code file} is like now. */
    static Entry entry(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        OptionalLong sum =
                name.endsWith(TABLE) ? OptionalLong.empty() : OptionalLong.of(checksum(file));
        return new Entry(name, Files.size(file), sum);
    }

    long bytes() {
        return files.stream().mapToLong(Entry::bytes).sum();
    }

    void write(Path directory) throws IOException {
        String lines =
                Stream.concat(
                                Stream.of(
                                        HEADER,
                                        "taken-at-ms " + takenAtMs,
                                        ("pipelines " + String.join(" ", pipelines)).strip()),
                                files.stream().map(Entry::line))
                        .map(line -> line + "\n")
                        .collect(Collectors.joining());
        Files.writeString(
                directory.resolve(FILE), lines + "checksum " + hex(checksum(lines)) + "\n");
    }

    /**
     * @throws StorageException if there is none, or it is damaged
     */
    static BackupManifest read(Path directory) {
        Path file = directory.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new StorageException(
                    directory + " is no backup: there is no file " + FILE + " in it");
        }
        try {
            String text = Files.readString(file);
            int last = text.lastIndexOf("checksum ");
            if (last < 0 || !text.substring(last).strip().equals(sumLine(text, last))) {
                throw damaged(file);
            }
            return parse(text.substring(0, last).lines().toList());
        } catch (IOException | RuntimeException unreadable) {
            throw unreadable instanceof StorageException known ? known : damaged(file);
        }
    }

    private static String sumLine(String text, int last) {
        return "checksum " + hex(checksum(text.substring(0, last)));
    }

    private static BackupManifest parse(List<String> lines) {
        if (!lines.getFirst().equals(HEADER)) {
            throw new StorageException(
                    "the backup is of a newer kind ("
                            + lines.getFirst()
                            + "); use the newer version");
        }
        List<Entry> files = new ArrayList<>();
        for (String line : lines.subList(3, lines.size())) {
            String[] parts = line.split(" ");
            OptionalLong sum =
                    parts.length > 3
                            ? OptionalLong.of(Long.parseLong(parts[3], 16))
                            : OptionalLong.empty();
            files.add(new Entry(parts[1], Long.parseLong(parts[2]), sum));
        }
        List<String> words = List.of(lines.get(2).split(" "));
        return new BackupManifest(
                Long.parseLong(lines.get(1).split(" ")[1]), words.subList(1, words.size()), files);
    }

    private static StorageException damaged(Path file) {
        return new StorageException(
                "the backup is damaged: its file " + file + " is not as it was written");
    }

    private static long checksum(String text) {
        CRC32C sum = new CRC32C();
        sum.update(text.getBytes(UTF_8));
        return sum.getValue();
    }

    private static long checksum(Path file) throws IOException {
        CRC32C sum = new CRC32C();
        byte[] buffer = new byte[1 << 16];
        try (InputStream bytes = Files.newInputStream(file)) {
            for (int read = bytes.read(buffer); read >= 0; read = bytes.read(buffer)) {
                sum.update(buffer, 0, read);
            }
        }
        return sum.getValue();
    }

    private static String hex(long checksum) {
        return "%08x".formatted(checksum);
    }
}
