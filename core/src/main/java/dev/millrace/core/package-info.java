/**
 * The model (event, pipeline, result, dead letter), expressions, operators, the partition and merge
 * tasks, the ledger, and the ports that hosts fill. Deterministic: no clock, thread, file or
 * socket.
 *
 * <p>May depend on the JDK, Jackson, CEL, the JSON Schema validator and DataSketches.
 */
@NullMarked
package dev.millrace.core;

import org.jspecify.annotations.NullMarked;
