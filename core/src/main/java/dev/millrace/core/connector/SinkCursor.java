package dev.millrace.core.connector;

/**
 * How far a sink is, as the system on the other side keeps it.
 *
 * @param owner who delivers: one pipeline of one data directory, and no other ever
 * @param position of the first item that is not there yet
 */
public record SinkCursor(String owner, long position) {
    public SinkCursor {
        if (owner.isEmpty() || position < 0) {
            throw new IllegalArgumentException("no cursor: '%s' %d".formatted(owner, position));
        }
    }
}
