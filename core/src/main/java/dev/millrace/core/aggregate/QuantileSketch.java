package dev.millrace.core.aggregate;

/** Partial values of {@link QuantileAggregator}. */
final class QuantileSketch implements Sketch {}
