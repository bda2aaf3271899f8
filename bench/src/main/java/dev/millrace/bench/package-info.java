/**
 * Benchmarks: ours, peers', the physical limit.
 *
 * <p>May depend on everything; nothing depends on it.
 */
@NullMarked
package dev.millrace.bench;

import org.jspecify.annotations.NullMarked;
