package dev.millrace.server.http;

import dev.millrace.core.port.StorageException;
import dev.millrace.store.BackupReport;

import java.nio.file.Path;

/** What is copied by a backup. Safe for use by many threads. */
@FunctionalInterface
public interface BackupSource {
    /**
     * Blocks until the backup is whole and on disk.
     *
     * @throws IllegalArgumentException if it cannot be in {@code directory}; the message says why
     * @throws StorageException if it cannot be written
     */
    BackupReport backup(Path directory);
}
