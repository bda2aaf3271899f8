package dev.millrace.core.event;

/**
 * One thing wrong with one event.
 *
 * @param pointer JSON pointer (RFC 6901) into the event; empty for the event itself
 * @param detail a sentence for the sender: what was found and what is allowed
 */
public record Violation(String pointer, String detail) {}
