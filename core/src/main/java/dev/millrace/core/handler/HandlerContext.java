package dev.millrace.core.handler;

/**
 * Where a handler is called.
 *
 * @param attempt 1 for the first try of an event, one more for each retry
 */
public record HandlerContext(String pipeline, String stage, int attempt) {}
