package dev.millrace.engine;

/**
 * What a deletion by filter has come to.
 *
 * @param letters how many were deleted
 * @param done false: more are left that match, since the time was up
 */
public record Discarded(long letters, boolean done) {}
