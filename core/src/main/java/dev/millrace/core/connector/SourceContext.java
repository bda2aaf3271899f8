package dev.millrace.core.connector;

import dev.millrace.core.pipeline.SourceDefinition;

import java.time.Duration;

/**
 * What a source is opened with.
 *
 * @param owner the pipeline of the data directory, as cursors name it
 * @param messagesMax of one batch
 * @param timeout after which a call is interrupted
 */
public record SourceContext(
        String pipeline,
        String owner,
        SourceDefinition definition,
        int messagesMax,
        Duration timeout) {
    /** As {@link #bytesMax}. */
    public static final long BATCH_BYTES = 8L << 20;

    /** Bytes of one batch's messages, about: the message that exceeds them is its last. */
    public long bytesMax() {
        return BATCH_BYTES;
    }

    /** The source's name. */
    public String source() {
        return definition.name();
    }
}
