/**
 * Other systems: where enrich stages look things up, where sinks put out, and where sources read.
 * One package a system; {@code lookup} holds what they share.
 *
 * <p>May depend on {@code dev.millrace.core}, Jackson, Caffeine, and the clients of the systems.
 */
@NullMarked
package dev.millrace.connect;

import org.jspecify.annotations.NullMarked;
