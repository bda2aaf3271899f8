/**
 * The {@code millrace} command: its sub-commands, where their flags come from, how errors are told
 * and how a signal ends a server.
 *
 * <p>May depend on {@code dev.millrace.server} and its packages; nothing but {@code Main} depends
 * on it.
 */
@NullMarked
package dev.millrace.server.cli;

import org.jspecify.annotations.NullMarked;
