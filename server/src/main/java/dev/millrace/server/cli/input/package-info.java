/**
 * Files of events on their way to a server: opened and unpacked, cut into lines, access log lines
 * made into events, lines gathered into batches.
 *
 * <p>May depend on the JDK, Jackson, {@code dev.millrace.core} and {@code
 * dev.millrace.server.client}.
 */
@NullMarked
package dev.millrace.server.cli.input;

import org.jspecify.annotations.NullMarked;
