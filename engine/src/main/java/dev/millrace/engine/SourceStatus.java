package dev.millrace.engine;

import java.util.Optional;

/**
 * How a source is doing.
 *
 * @param messages read and in the journal, since the start
 * @param lastError what went wrong last, cleared by the next batch; it holds no secrets
 */
public record SourceStatus(
        String name, String kind, boolean isRunning, long messages, Optional<String> lastError) {}
