/**
 * Aggregates: window arithmetic, accumulators, the tables they stand in, and the rows that come of
 * them. No notion of partitions, commits or watermarks' origin. Depends on the event and pipeline
 * packages.
 */
@NullMarked
package dev.millrace.core.aggregate;

import org.jspecify.annotations.NullMarked;
