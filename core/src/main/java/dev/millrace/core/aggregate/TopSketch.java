package dev.millrace.core.aggregate;

/** Partial values of {@link TopAggregator}. */
final class TopSketch implements Sketch {}
