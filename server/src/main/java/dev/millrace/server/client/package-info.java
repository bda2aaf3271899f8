/**
 * The small HTTP client of the command line: one request at a time, and patience with a server that
 * is busy or restarting.
 *
 * <p>May depend on the JDK, Jackson and {@code dev.millrace.core}; it knows the HTTP API alone, and
 * nothing of the server's insides.
 */
@NullMarked
package dev.millrace.server.client;

import org.jspecify.annotations.NullMarked;
