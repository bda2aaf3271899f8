package dev.millrace.server.live;

import dev.millrace.engine.LatestRows;
import dev.millrace.engine.LatestRows.Shape;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The rows of one aggregate that one feed shows, and which of them have changed since they were
 * told last. Confined to the hub's thread.
 */
final class LiveRows {
    private static final int UNKNOWN = -1;

    private final LiveBudget budget;
    private final int most;
    private final Map<LiveRow.Key, LiveRow> rows = new HashMap<>();
    private final Map<LiveRow.Key, LiveRow> changed = new HashMap<>();

    private int stateNumber = UNKNOWN;
    private Shape shape = Shape.TUMBLING;
    private OptionalLong windowStartMs = OptionalLong.empty();
    private long windowEndMs;
    private boolean moved;
    private boolean truncated;
    private boolean toldTruncated;

    LiveRows(LiveBudget budget, int most) {
        this.budget = budget;
        this.most = most;
    }

    /** Whether nothing is known of its rows yet. */
    boolean isFresh() {
        return stateNumber == UNKNOWN;
    }

    /** Whether its aggregate has begun anew, so that its readers have to. */
    boolean isOfAnother(LatestRows latest) {
        return !isFresh() && stateNumber != latest.stateNumber();
    }

    /** Whether the window of {@code latest} is not the one whose rows it has. */
    boolean isBehind(LatestRows latest) {
        return isFresh() || !windowStartMs.equals(latest.windowStartMs());
    }

    /** Whether so many sessions have ended that some of those left out would have room. */
    boolean hasRoomForMore() {
        return truncated && shape == Shape.SESSIONS && rows.size() <= most / 2;
    }

    /** Whether a row of that revision would be news. */
    boolean wants(LiveRow.Key key, long revision) {
        LiveRow before = rows.get(key);
        return before == null || before.revision() < revision;
    }

    /** Where the window has moved on, lets go of all rows; those of the new one come next. */
    void beginIfBehind(LatestRows latest) {
        if (!isBehind(latest)) {
            return;
        }
        boolean wasFresh = isFresh();
        clear();
        stateNumber = latest.stateNumber();
        shape = latest.shape();
        windowStartMs = latest.windowStartMs();
        windowEndMs = windowStartMs.isPresent() ? latest.windowEndMs() : 0;
        moved = !wasFresh;
    }

    /** Forgets all, so that it is fresh again. */
    void forget() {
        clear();
        stateNumber = UNKNOWN;
    }

    private void clear() {
        budget.hold(-rows.values().stream().mapToLong(LiveRow::bytes).sum());
        rows.clear();
        changed.clear();
        truncated = false;
        toldTruncated = false;
        moved = false;
    }

    /** Takes a row of the window that it is at, if it is newer than what is there. */
    void take(LiveRow row) {
        LiveRow before = rows.get(row.key());
        if (before != null && before.revision() >= row.revision()) {
            return;
        }
        if (row.isRetracted() || (shape == Shape.SESSIONS && row.isFinal())) {
            if (before != null) {
                rows.remove(row.key());
                budget.hold(-before.bytes());
                changed.put(row.key(), row);
            }
            return;
        }
        if (before == null && (rows.size() >= most || budget.isHeldFull())) {
            truncated = true;
            return;
        }
        rows.put(row.key(), row);
        budget.hold(row.bytes() - (before == null ? 0 : before.bytes()));
        changed.put(row.key(), row);
    }

    /** Tells what has changed, and forgets that it has; the rows are appended to {@code told}. */
    void tell(String aggregate, LiveEvents events, List<byte[]> told) {
        if (moved && windowStartMs.isPresent()) {
            events.window(aggregate, windowStartMs.getAsLong(), windowEndMs);
        }
        changed.values().forEach(row -> told.add(row.json()));
        changed.clear();
        moved = false;
    }

    /** Says once that rows are left out. */
    void tellTruncated(String aggregate, LiveEvents events) {
        if (truncated && !toldTruncated) {
            events.truncated(aggregate, rows.size());
            toldTruncated = true;
        }
    }

    /** Whether rows are left out. */
    boolean isTruncated() {
        return truncated;
    }

    /** What a snapshot has told is no news. */
    void told() {
        changed.clear();
        moved = false;
        toldTruncated = truncated;
    }

    Collection<byte[]> all() {
        List<byte[]> all = new ArrayList<>(rows.size());
        rows.values().forEach(row -> all.add(row.json()));
        return all;
    }

    int size() {
        return rows.size();
    }
}
