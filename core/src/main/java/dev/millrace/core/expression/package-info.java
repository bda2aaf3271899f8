/**
 * The expressions of a pipeline: CEL over {@code id}, {@code type}, {@code source}, {@code
 * timestamp} and {@code data}, compiled and type-checked at load, evaluated per event.
 *
 * <p>May depend on the JDK, CEL and {@link dev.millrace.core.event}. Types of CEL do not leave this
 * package.
 *
 * @see <a href="https://github.com/google/cel-spec/blob/master/doc/langdef.md">CEL</a>
 */
@NullMarked
package dev.millrace.core.expression;

import org.jspecify.annotations.NullMarked;
