package dev.millrace.core.pipeline;

import java.time.Duration;

/**
 * How much of the journal is kept for backfilling: events no older than {@code age} since receipt,
 * and of those the newest {@code sizeBytes}.
 */
public record Retention(Duration age, long sizeBytes) {
    public Retention {
        Limits.RETENTION_AGE.check("retention age", age);
        Limits.RETENTION_SIZE.check("retention size", sizeBytes);
    }
}
