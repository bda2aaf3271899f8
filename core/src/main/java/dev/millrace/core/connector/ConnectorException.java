package dev.millrace.core.connector;

/**
 * A system could not be reached or used. The message is a part of a sentence for people that names
 * the system and the cause, without secrets.
 */
public final class ConnectorException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean passing;

    private ConnectorException(String message, boolean passing, Throwable cause) {
        super(message, cause);
        this.passing = passing;
    }

    private ConnectorException(String message, boolean passing) {
        super(message);
        this.passing = passing;
    }

    /** It may pass by itself: no connection, a timeout. Tried again soon. */
    public static ConnectorException passing(String message, Throwable cause) {
        return new ConnectorException(message, true, cause);
    }

    /** As {@link #passing(String, Throwable)}. */
    public static ConnectorException passing(String message) {
        return new ConnectorException(message, true);
    }

    /**
     * Somebody must see to it: a wrong password, a table of another shape. Tried again too, at the
     * longest pause, so that it goes on once they have.
     */
    public static ConnectorException lasting(String message, Throwable cause) {
        return new ConnectorException(message, false, cause);
    }

    /** As {@link #lasting(String, Throwable)}. */
    public static ConnectorException lasting(String message) {
        return new ConnectorException(message, false);
    }

    public boolean mayPass() {
        return passing;
    }

    /** The message. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
