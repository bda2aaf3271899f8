package dev.millrace.core.port;

/**
 * There is no room on the storage's disk. Unlike after other failures the storage goes on by itself
 * once there is room. Whether what was being written is there after a restart is unknown.
 */
public final class StorageFullException extends StorageException {
    private static final long serialVersionUID = 1L;

    public StorageFullException(String message) {
        super(message);
    }

    StorageFullException(String message, Throwable cause) {
        super(message, cause);
    }
}
