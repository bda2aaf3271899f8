package dev.millrace.core.handler;

import dev.millrace.core.MillraceException;

/** A stage names a handler that is not there. The message says which, and which are there. */
public final class MissingHandlerException extends MillraceException {
    private static final long serialVersionUID = 1L;

    public MissingHandlerException(String message) {
        super(message);
    }
}
