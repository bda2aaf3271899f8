package dev.millrace.core.aggregate;

/** Partial values of {@link DistinctAggregator}. */
final class DistinctSketch implements Sketch {}
