package dev.millrace.store;

import java.nio.file.Path;

/**
 * A backup that is whole and on disk.
 *
 * @param directory where it is
 * @param bytes of all its files, those included that it shares with the data directory
 * @param takenAtMs what was acknowledged before is in it
 */
public record BackupReport(Path directory, long bytes, long takenAtMs) {}
