package dev.millrace.store;

import dev.millrace.core.port.StorageException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes backups of a data directory, and data directories from backups.
 *
 * <p>A backup is a directory that RocksDB could open: the tables are hard links to those of the
 * data directory where both are on one file system, since tables never change, and copies
 * elsewhere. The file {@code BACKUP} says what belongs to it.
 */
public final class Backups {
    private Backups() {}

    static BackupReport take(Path data, Database database, List<String> pipelines, Path directory) {
        if (!directory.isAbsolute()) {
            throw new IllegalArgumentException(
                    "the directory of a backup must be an absolute path, and "
                            + directory
                            + " is none");
        }
        try (StagedDirectory staged = StagedDirectory.forNew(directory, data)) {
            long takenAtMs = System.currentTimeMillis();
            database.checkpoint(staged.path());
            Format.mark(staged.path());
            BackupManifest manifest = BackupManifest.of(staged.path(), takenAtMs, pipelines);
            manifest.write(staged.path());
            return new BackupReport(staged.complete(), manifest.bytes(), takenAtMs);
        } catch (IOException failed) {
            throw new StorageException(
                    "the backup " + directory + " could not be written: " + failed, failed);
        }
    }

    /**
     * Makes a data directory from a backup, which stays as it is. All of it is checked: every file,
     * and in tables every block. What is made has an id of its own: it goes on otherwise than the
     * directory that the backup is of, so other systems must not take the two for one.
     *
     * @param data must not be there, or be empty
     * @throws IllegalArgumentException if {@code data} is neither
     * @throws StorageException if the backup is damaged or of a newer format, or {@code data}
     *     cannot be written; then it is as it was
     */
    public static BackupReport restore(Path backup, Path data) {
        BackupManifest manifest = BackupManifest.read(backup);
        Format.require(backup);
        try (StagedDirectory staged = StagedDirectory.forNew(data, backup)) {
            Files.createDirectory(staged.path());
            for (BackupManifest.Entry file : manifest.files()) {
                copy(backup, file, staged.path());
            }
            Database.verify(staged.path());
            removeOthers(staged.path(), manifest);
            RocksStorage.becomeAnother(staged.path());
            return new BackupReport(staged.complete(), manifest.bytes(), manifest.takenAtMs());
        } catch (IOException failed) {
            throw new StorageException(
                    "the data directory " + data + " could not be written: " + failed, failed);
        }
    }

    private static void copy(Path backup, BackupManifest.Entry file, Path to) throws IOException {
        Path source = backup.resolve(file.name());
        if (!Files.isRegularFile(source)) {
            throw new StorageException("the backup is damaged: its file " + source + " is missing");
        }
        Path copied = Files.copy(source, to.resolve(file.name()));
        if (!BackupManifest.entry(copied).equals(file)) {
            throw new StorageException(
                    "the backup is damaged: its file " + source + " is not as it was written");
        }
    }

    /** The log that RocksDB writes for people, even when it only reads. */
    private static void removeOthers(Path directory, BackupManifest manifest) throws IOException {
        List<String> known = manifest.files().stream().map(BackupManifest.Entry::name).toList();
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                if (!known.contains(file.getFileName().toString())) {
                    Files.delete(file);
                }
            }
        }
    }
}
