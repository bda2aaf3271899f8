/** A program with Millrace inside: start reading at {@code WebNumbers}. */
@NullMarked
package dev.millrace.examples.embed;

import org.jspecify.annotations.NullMarked;
