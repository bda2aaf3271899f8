package dev.millrace.core.task;

import dev.millrace.core.event.Event;

/** What a stage may know of how an event came to it. */
interface Arrival {
    /**
     * The partition's watermark, epoch milliseconds; {@link Long#MIN_VALUE} before the first event.
     */
    long watermarkMs();

    /** Whether it comes from a dead letter or is history: then it is never late. */
    boolean isNeverLate();

    /**
     * Whether it is replayed and this is the stage at which it goes on: then a row that is no
     * longer kept is a failure of the replay.
     */
    boolean isReplayedHere();

    /** Notes that the aggregate of that state number counted the event. */
    void counted(int aggregate);

    /** Whether the aggregate of that state number counts the event already. */
    boolean isCountedBy(int aggregate);

    /** Notes that the event was late for an aggregate, which did not count it. */
    void late(Event event, String aggregate);

    /** Notes that the event was late for an aggregate, which counted it all the same. */
    void correction(String aggregate);
}
