package dev.millrace.core;

/**
 * Something went wrong that the caller could not have expected. The message is one plain sentence
 * for the operator: what failed, with the value, and what to do. Expected outcomes (a full queue, a
 * refused body) are sealed results instead.
 */
public class MillraceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MillraceException(String message) {
        super(message);
    }

    public MillraceException(String message, Throwable cause) {
        super(message, cause);
    }
}
