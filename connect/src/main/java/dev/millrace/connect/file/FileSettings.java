package dev.millrace.connect.file;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

/**
 * Where a sink writes, and when it begins another file.
 *
 * @param directory absolute
 * @param name what all its files begin with: pipeline and sink, neither of which has a dot
 * @param sizeMax on disk, from which on a file is done; the last batch comes on top
 * @param ageMax after the first batch of a file
 */
record FileSettings(Path directory, String name, boolean gzip, long sizeMax, Duration ageMax) {
    /** What is being written. */
    Path partial() {
        return directory.resolve("." + name + ".partial");
    }

    /** How far it is. */
    Path cursor() {
        return directory.resolve("." + name + ".cursor");
    }

    /** Who writes. */
    Path lock() {
        return directory.resolve("." + name + ".lock");
    }

    /** A file that is done: {@code web.archive.00000000000000-00000000000999.ndjson.gz}. */
    String finished(FileProgress.Open open, long to) {
        return "%s.%014d-%014d.ndjson%s"
                .formatted(name, open.first(), to - 1, open.gzip() ? ".gz" : "");
    }

    /** For people. */
    String reason(IOException failed) {
        String detail = Objects.requireNonNullElse(failed.getMessage(), failed.toString());
        String known = detail.toLowerCase(Locale.ROOT);
        if (known.contains("no space left") || known.contains("quota exceeded")) {
            return "the disk of %s is full; nothing of the batch is kept".formatted(directory);
        }
        return switch (failed) {
            case AccessDeniedException denied ->
                    "%s may not be written to by this server".formatted(denied.getFile());
            case FileAlreadyExistsException file ->
                    "%s is a file, not a folder".formatted(file.getFile());
            case ClosedByInterruptException _ ->
                    "the disk of %s did not answer in time".formatted(directory);
            default -> "%s cannot be written to (%s)".formatted(directory, detail);
        };
    }
}
