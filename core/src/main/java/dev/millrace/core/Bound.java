package dev.millrace.core;

/**
 * A limit that keeps memory or time bounded.
 *
 * @param unit {@code events}, {@code bytes}, {@code ms}, …
 */
public record Bound(String name, long value, String unit, String meaning) {}
