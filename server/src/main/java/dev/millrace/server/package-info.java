/**
 * {@code main}, the command line, HTTP routes, protocol adapters, keys, metrics and wiring.
 *
 * <p>May depend on every module that runs in a server. Only benchmarks depend on it.
 */
@NullMarked
package dev.millrace.server;

import org.jspecify.annotations.NullMarked;
