/**
 * The one-process host: partition threads, group commit, checkpoints, replay and sink workers.
 *
 * <p>May depend on {@code dev.millrace.core} and HdrHistogram.
 */
@NullMarked
package dev.millrace.engine;

import org.jspecify.annotations.NullMarked;
