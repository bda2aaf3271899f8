package dev.millrace.core.port;

/** What a commit does to the outbox of one sink. */
public sealed interface OutboxChange {
    /** The sink's name. */
    String sink();

    /**
     * An entry for the end of the queue.
     *
     * @param position of its first item, 0 or more; higher than all before it in this outbox
     * @param entry shared, not copied
     */
    record Append(String sink, long position, byte[] entry) implements OutboxChange {}

    /** The entries go whose position is in {@code [from, below)}. */
    record Trim(String sink, long from, long below) implements OutboxChange {}
}
