package dev.millrace.core.detect;

/** A window, {@code [start, end)}. */
record Span(long startMs, long endMs) {}
