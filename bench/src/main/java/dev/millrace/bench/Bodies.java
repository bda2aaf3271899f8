package dev.millrace.bench;

/** Makes the bodies of requests. */
@FunctionalInterface
public interface Bodies {
    /** Lines of events that were not sent before. */
    byte[] next();
}
