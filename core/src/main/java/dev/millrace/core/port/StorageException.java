package dev.millrace.core.port;

import dev.millrace.core.MillraceException;

/**
 * The storage could not read or write. What was being written may be there after a restart, or not.
 */
public class StorageException extends MillraceException {
    private static final long serialVersionUID = 1L;

    public StorageException(String message) {
        super(message);
    }

    public StorageException(String message, Throwable cause) {
        super(message, cause);
    }

    /** From the wrapper in which a future hands over what failed; of the same kind as that. */
    public static StorageException of(Exception wrapper) {
        Throwable cause = wrapper.getCause() == null ? wrapper : wrapper.getCause();
        String message = String.valueOf(cause.getMessage());
        return cause instanceof StorageFullException
                ? new StorageFullException(message, cause)
                : new StorageException(message, cause);
    }
}
