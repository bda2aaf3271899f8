package dev.millrace.core.aggregate;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.KeyBuffer;

/**
 * What one partition adds to one aggregate between two commits. Handing over is by ownership: a
 * partition fills it, then lets go of it.
 *
 * <p>Aggregating before the exchange keeps hot groups from costing more than cold ones, and makes
 * what is exchanged grow with groups instead of events. Confined to one thread at a time.
 */
public sealed interface Deltas permits SliceDeltas, SessionDeltas {
    Aggregation aggregation();

    boolean isEmpty();

    /** About how much heap they take; never falls. */
    long bytes();

    /** Empty ones to go on with, which make room for as many groups as these have at once. */
    Deltas next();

    /**
     * Adds an event.
     *
     * @param key the group, filled by {@link Aggregation#keyOrProblem}, which found no problem
     */
    void add(Event event, KeyBuffer key);
}
