/**
 * What all sources share: keys as text, the environment, how a source is doing; and, for those
 * asked over a network, a cache, retries, bounds and a circuit breaker that waits.
 */
@NullMarked
package dev.millrace.connect.lookup;

import org.jspecify.annotations.NullMarked;
