/**
 * Millrace inside another Java program: {@link dev.millrace.embed.Pipeline} says what to do in
 * Java, {@link dev.millrace.embed.Millrace} does it in a folder of the program's. A thin layer over
 * the engine and its store; depends on those and the core.
 */
@NullMarked
package dev.millrace.embed;

import org.jspecify.annotations.NullMarked;
