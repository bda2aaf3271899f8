/**
 * RocksDB behind the core's ports: journal, state, results, dead letters and outboxes.
 *
 * <p>May depend on {@code dev.millrace.core} and RocksDB.
 */
@NullMarked
package dev.millrace.store;

import org.jspecify.annotations.NullMarked;
