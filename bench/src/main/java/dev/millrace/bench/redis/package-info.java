/** A real Redis server, driven as tutorials do: four commands an event. */
@NullMarked
package dev.millrace.bench.redis;

import org.jspecify.annotations.NullMarked;
