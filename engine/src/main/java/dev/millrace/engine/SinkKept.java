package dev.millrace.engine;

/**
 * Lets go of what was delivered, but for a part that is kept so that the sink can be rewound.
 * Confined to the sink's worker.
 */
final class SinkKept {
    /** A quarter of the budget is kept, */
    private static final long KEPT_PART = 4;

    /** and trimmed when it is a sixty-fourth more. */
    private static final long STEP_PART = 64;

    private final SinkQueue queue;
    private final SinkReader reader;

    /** Put out before the first entry that is kept, as far as that was looked up. */
    private long trimmedBytes;

    SinkKept(SinkQueue queue, SinkReader reader) {
        this.queue = queue;
        this.reader = reader;
    }

    /** To be called when something was delivered. */
    void trim(long budgetBytes) {
        SinkState ours = queue.state();
        long keptFrom = ours.cursorBytes() - budgetBytes / KEPT_PART;
        if (keptFrom - trimmedBytes < budgetBytes / STEP_PART) {
            return;
        }
        long trimmed = ours.outbox().trimmed();
        reader.lastWithin(keptFrom, trimmed, ours.cursor())
                .ifPresent(place -> {
                    trimmedBytes = place.bytesBefore();
                    if (place.position() > trimmed) {
                        queue.trim(place.position());
                    }
                });
    }
}
