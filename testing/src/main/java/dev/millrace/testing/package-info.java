/**
 * What tests share: the simulator, the reference oracle, in-memory ports, real servers.
 *
 * <p>May depend on {@code dev.millrace.core} and test libraries. Other modules use it in tests
 * only.
 */
@NullMarked
package dev.millrace.testing;

import org.jspecify.annotations.NullMarked;
