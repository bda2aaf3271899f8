/**
 * Events as bytes: the single-pass JSON reader that validates and projects, the batches it makes,
 * the cursor through which stages see one event, and the encoding of group keys.
 *
 * <p>May depend on the JDK, DataSketches (hashing) and, in {@link
 * dev.millrace.core.event.EventSchema} alone, Jackson and the JSON Schema validator.
 */
@NullMarked
package dev.millrace.core.event;

import org.jspecify.annotations.NullMarked;
