package dev.millrace.core.task;

import dev.millrace.core.aggregate.SessionMarks;
import dev.millrace.core.port.Commit;

import java.util.List;
import java.util.Map;

/**
 * What a merge came to.
 *
 * @param watermarkMs of the windows now
 * @param rows changed by deltas or by the closing of their window
 * @param expiries rows that are no longer kept
 * @param dropped state numbers of aggregates that no version in use has any more
 * @param sessions by state number, where to find the sessions of an aggregate that has some
 */
public record Merged(
        long watermarkMs,
        List<Commit.RowChange> rows,
        List<Commit.RowExpiry> expiries,
        List<Integer> dropped,
        Map<Integer, SessionMarks> sessions) {}
