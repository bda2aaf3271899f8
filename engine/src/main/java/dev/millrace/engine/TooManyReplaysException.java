package dev.millrace.engine;

import dev.millrace.core.MillraceException;

/**
 * A replay that cannot begin, since as many as are remembered are under way. Nothing was written.
 */
public final class TooManyReplaysException extends MillraceException {
    /** How many are remembered. */
    public static final int REPLAYS = ReplayBook.REPLAYS;

    private static final long serialVersionUID = 1L;

    TooManyReplaysException(String pipeline) {
        super(
                "%d replays of pipeline %s are under way; wait for one, or stop it"
                        .formatted(REPLAYS, pipeline));
    }
}
