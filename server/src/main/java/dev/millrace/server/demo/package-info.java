/**
 * Made-up web traffic for {@code millrace demo}: fifty sites, their visitors and bots, and what
 * goes wrong with some events. The same seed and the same instants give the same events.
 *
 * <p>May depend on the JDK, Jackson, {@code dev.millrace.core} and {@code
 * dev.millrace.server.client}.
 */
@NullMarked
package dev.millrace.server.demo;

import org.jspecify.annotations.NullMarked;
