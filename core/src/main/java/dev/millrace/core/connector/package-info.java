/**
 * What an engine and a connector to another system owe each other: sinks, which take rows, alerts
 * and events out of a pipeline, and sources, which bring events in. Hosts drive them, connectors
 * know the systems, and neither is known here.
 *
 * <p>May depend on the rest of the core that a row is made of, and on definitions.
 */
@NullMarked
package dev.millrace.core.connector;

import org.jspecify.annotations.NullMarked;
