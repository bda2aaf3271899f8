/**
 * The HTTP API and the page at {@code /}: one class for each group of routes, and one place, {@code
 * Problems}, where everything that goes wrong becomes a response.
 *
 * <p>May depend on {@code dev.millrace.core}, {@code dev.millrace.engine}, Helidon, Jackson,
 * Micrometer and zstd.
 */
@NullMarked
package dev.millrace.server.http;

import org.jspecify.annotations.NullMarked;
