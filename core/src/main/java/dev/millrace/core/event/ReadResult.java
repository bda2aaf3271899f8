package dev.millrace.core.event;

import java.util.List;

/** What came of one body. */
public sealed interface ReadResult {
    /**
     * The body could be taken apart.
     *
     * @param batch the accepted events, in the order of the body; may be empty
     * @param rejections the others, by index
     * @param received how many events the body holds: accepted and rejected
     */
    record Read(EventBatch batch, List<Rejection> rejections, int received) implements ReadResult {
        public Read {
            rejections = List.copyOf(rejections);
            if (received != batch.size() + rejections.size()) {
                throw new IllegalArgumentException(
                        "received %d, but accepted %d and rejected %d"
                                .formatted(received, batch.size(), rejections.size()));
            }
        }
    }

    /** The body is not what its format says; nothing of it is accepted. */
    record Malformed(String detail) implements ReadResult {}

    /** The body exceeds one of {@link ReadLimits}; nothing of it is accepted. */
    record TooLarge(String detail) implements ReadResult {}
}
