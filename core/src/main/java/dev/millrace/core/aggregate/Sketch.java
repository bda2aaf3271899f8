package dev.millrace.core.aggregate;

/**
 * A partial value that is an object instead of a few longs. Mutable, confined to one thread, and
 * owned by one table at a time.
 */
sealed interface Sketch permits DistinctSketch, QuantileSketch, TopSketch {}
