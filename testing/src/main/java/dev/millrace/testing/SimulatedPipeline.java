package dev.millrace.testing;

/**
 * A pipeline said twice: as a file, and to the oracle.
 *
 * @param maxSkewMs how far ahead of its receipt a timestamp may be
 */
record SimulatedPipeline(String definition, long maxSkewMs, OraclePipeline oracle) {}
