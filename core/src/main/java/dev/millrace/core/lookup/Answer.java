package dev.millrace.core.lookup;

/** What a lookup came to. */
public sealed interface Answer {
    /**
     * @param value a plain value: String, Long, Double, Boolean, List or Map
     */
    record Found(Object value) implements Answer {}

    /** There is nothing under that key. */
    record Nothing() implements Answer {}

    /**
     * It could not be found out, however often it was tried.
     *
     * @param code short and stable; letters are grouped by it
     * @param message one sentence for people
     */
    record Failed(String code, String message) implements Answer {}
}
