package dev.millrace.core.expression;

/** The bounds of one expression and of one evaluation. They hold for untrusted events. */
final class Limits {
    /** Longest source, in characters. */
    static final int SOURCE_LENGTH_MAX = 16 * 1024;

    /** Deepest nesting of a source. */
    static final int NESTING_MAX = 100;

    /** Steps of all macros of one evaluation together. */
    static final int ITERATIONS_MAX = 10_000;

    /** Longest string that one operation may build, in characters. */
    static final int STRING_LENGTH_MAX = 4 * 1024 * 1024;

    /**
     * Values in a list or object that one operation may build or that is a result, at all depths.
     */
    static final int VALUES_MAX = 100_000;

    /** Size of a compiled regular expression, in RE2 instructions. */
    static final int REGEX_SIZE_MAX = 2_000;

    private Limits() {}
}
