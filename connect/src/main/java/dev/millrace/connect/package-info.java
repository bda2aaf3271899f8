/**
 * Other systems: where enrich stages look things up. One package a system; {@code lookup} holds
 * what they share.
 *
 * <p>May depend on {@code dev.millrace.core}, Jackson, Caffeine and HikariCP.
 */
@NullMarked
package dev.millrace.connect;

import org.jspecify.annotations.NullMarked;
