package dev.millrace.core.detect;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * What a detector knows of one group: its baseline, whether it is beyond that now, and for how long
 * it has had no row. Confined to one thread.
 */
final class WatchedGroup {
    private final Baseline baseline;
    private @Nullable Excursion excursion;
    private int unseenWindows;

    WatchedGroup() {
        this(new Baseline(), null, 0);
    }

    WatchedGroup(Baseline baseline, @Nullable Excursion excursion, int unseenWindows) {
        this.baseline = baseline;
        this.excursion = excursion;
        this.unseenWindows = unseenWindows;
    }

    Baseline baseline() {
        return baseline;
    }

    /** The one that lasts; null where none does. */
    @Nullable Excursion excursion() {
        return excursion;
    }

    /** Windows in a row that closed without a row of the group. */
    int unseenWindows() {
        return unseenWindows;
    }

    /**
     * Looks at a value that can only grow until its window closes.
     *
     * @return the surge that begins; null if none does
     */
    @Nullable Excursion early(Span window, double value, Noise noise, Sensitivity sensitivity) {
        if (excursion != null) {
            return null;
        }
        Expectation expected = baseline.expectation(window.startMs(), window.endMs(), noise);
        if (expected == null || !sensitivity.begins(Direction.SURGE, value, expected)) {
            return null;
        }
        excursion = Excursion.begin(Direction.SURGE, window.startMs(), value, expected);
        return excursion;
    }

    /**
     * Takes up the value of a window that closes.
     *
     * @param seen whether there was a row
     * @return the excursions that begin, change or end, in order
     */
    List<Excursion> close(
            Span window, double value, boolean seen, Noise noise, Sensitivity sensitivity) {
        unseenWindows = seen ? 0 : unseenWindows + 1;
        List<Excursion> changes = new ArrayList<>();
        Expectation expected = baseline.expectation(window.startMs(), window.endMs(), noise);
        Excursion open = excursion;
        if (open != null && expected != null) {
            if (sensitivity.lasts(open.direction(), value, expected)) {
                goOn(open, window, value, expected, sensitivity, changes);
                return changes;
            }
            end(window, changes);
        }
        boolean free = open == null || open.windowStartMs() != window.startMs();
        if (free && expected != null) {
            for (Direction direction : Direction.values()) {
                if (sensitivity.begins(direction, value, expected)) {
                    excursion = Excursion.begin(direction, window.startMs(), value, expected);
                    changes.add(excursion);
                    boolean _ = addOutlier(direction, window, value, expected, sensitivity);
                    return changes;
                }
            }
        }
        baseline.add(window.startMs(), value);
        return changes;
    }

    private void goOn(
            Excursion open,
            Span window,
            double value,
            Expectation expected,
            Sensitivity sensitivity,
            List<Excursion> changes) {
        Excursion now = open.with(value, expected);
        excursion = now;
        if (!now.equals(open)) {
            changes.add(now);
        }
        if (addOutlier(now.direction(), window, value, expected, sensitivity)) {
            changes.clear();
            end(window, changes);
        }
    }

    private boolean addOutlier(
            Direction direction,
            Span window,
            double value,
            Expectation expected,
            Sensitivity sensitivity) {
        double edge = sensitivity.edge(direction, expected);
        double clipped =
                direction == Direction.SURGE ? Math.min(value, edge) : Math.max(value, edge);
        return baseline.addOutlier(window.startMs(), value, clipped);
    }

    /** Takes up that a window closed without a row, where that says nothing of the value. */
    void closeUnseen() {
        unseenWindows++;
    }

    /** Ends the excursion if there is one. */
    void end(Span window, List<Excursion> changes) {
        if (excursion != null) {
            changes.add(excursion.endedAt(window.endMs()));
            excursion = null;
        }
    }
}
