package dev.millrace.store;

import dev.millrace.core.journal.JournalCodec;
import dev.millrace.core.journal.JournalRecord;
import dev.millrace.core.port.JournalAppend;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.core.port.Storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the tests of journals on disk share. */
final class Journals {
    static final PipelineVersion FIRST = new PipelineVersion(1, 0, "", Map.of(), Map.of());

    private Journals() {}

    /** Appends a record of one event, received at {@code offset}. */
    static void append(Storage storage, PipelineStore pipeline, long offset, byte[] payload) {
        JournalRecord record = new JournalRecord.Events(offset, 1, 1, 0, false, payload);
        storage.append(List.of(JournalAppend.of(pipeline, offset, JournalCodec.encode(record))));
    }

    static List<Long> offsets(PipelineStore pipeline) {
        List<Long> offsets = new ArrayList<>();
        pipeline.readJournal(0, (offset, _) -> offsets.add(offset));
        return offsets;
    }

    /**
     * What is on disk now, as after kill -9. Begins again if a file goes meanwhile: what it had by
     * then was never on disk at one time.
     */
    static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        boolean isWhole;
        do {
            for (Path file : files(to, "")) {
                Files.delete(file);
            }
            isWhole = copyAll(from, to);
        } while (!isWhole);
    }

    private static boolean copyAll(Path from, Path to) throws IOException {
        for (Path file : files(from, "")) {
            try {
                Files.copy(file, to.resolve(file.getFileName()));
            } catch (NoSuchFileException gone) {
                return false;
            }
        }
        return true;
    }

    static List<Path> files(Path directory, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().endsWith(suffix))
                    .sorted(Comparator.comparing(Path::getFileName))
                    .toList();
        }
    }
}
