package dev.millrace.testing.system;

/** A system that can crash and come back as it was on disk, at the same port. */
@FunctionalInterface
public interface Restartable {
    /** Ends it without asking, and starts it again; returns once it answers. */
    void restart();
}
