/**
 * What Java code that is a stage sees: {@link dev.millrace.core.handler.Handler} is what it
 * implements, {@link dev.millrace.core.handler.PlainEvent} what it is given, {@link
 * dev.millrace.core.handler.Handled} what it gives back. How handlers are called, and for how long,
 * is the host's. Depends on the event package.
 */
@NullMarked
package dev.millrace.core.handler;

import org.jspecify.annotations.NullMarked;
