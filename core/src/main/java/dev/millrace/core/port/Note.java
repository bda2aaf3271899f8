package dev.millrace.core.port;

import org.jspecify.annotations.Nullable;

/**
 * Something that a host keeps beside a pipeline, like how far a replay is. The storage does not
 * look into it.
 *
 * @param key sorts notes; two hosts' notes differ in how it begins, like {@code replay/}
 * @param value replaces the one before; null: the note goes. Shared, not copied
 */
public record Note(String key, byte @Nullable [] value) {}
