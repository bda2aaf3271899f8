package dev.millrace.core.event;

/**
 * Why a text cannot be read on. Carries no stack trace: the input is at fault, and a body may hold
 * thousands of faults.
 */
final class JsonException extends RuntimeException {
    private final int offset;
    private final boolean tooLarge;

    private JsonException(String message, int offset, boolean tooLarge) {
        super(message, null, false, false);
        this.offset = offset;
        this.tooLarge = tooLarge;
    }

    static JsonException malformed(String message, int offset) {
        return new JsonException(message, offset, false);
    }

    /** A bound of {@link ReadLimits} is exceeded. */
    static JsonException tooLarge(String message, int offset) {
        return new JsonException(message, offset, true);
    }

    /** Where in the array the fault stands. */
    int offset() {
        return offset;
    }

    boolean tooLarge() {
        return tooLarge;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
