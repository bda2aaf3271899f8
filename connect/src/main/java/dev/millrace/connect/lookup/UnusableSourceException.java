package dev.millrace.connect.lookup;

/** A source cannot be used as it is described. The message is one sentence for whoever wrote it. */
public final class UnusableSourceException extends Exception {
    private static final long serialVersionUID = 1L;

    public UnusableSourceException(String message) {
        super(message);
    }

    public UnusableSourceException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The sentence. */
    public String problem() {
        return String.valueOf(getMessage());
    }
}
