package dev.millrace.core.detect;

import dev.millrace.core.aggregate.Aggregation;
import dev.millrace.core.aggregate.Slices;
import dev.millrace.core.event.KeyCodec;
import dev.millrace.core.port.Commit;
import dev.millrace.core.port.WindowRows;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * Watches one value of a tumbling aggregate, group by group. Windows are taken up in order, each
 * once, as they close; corrections of them that come after are not looked at, so they raise no
 * alert. Of the first window that is not closed, early rows are looked at too, if its values can
 * only grow: what is a surge then is one when the window closes, whenever commits were made.
 *
 * <p>A group is known from its first row on. One without a row for {@link #FORGOTTEN_AFTER_MS} is
 * forgotten; while no group at all has a row for as many windows as a baseline remembers, nothing
 * is. Of new groups beyond the aggregate's {@code maxGroups}, the first by their keys are watched.
 * The group of the others is not: its level jumps with what happens to be in it.
 *
 * <p>Confined to one thread.
 */
final class Detector {
    /** Outlasts nights and weekends, so that what is known of the hours of the week stays. */
    static final long FORGOTTEN_AFTER_MS = 3 * 86_400_000L;

    private final WindowRows stored;
    private final TreeMap<GroupKey, WatchedGroup> groups = new TreeMap<>();
    private Detection detection;

    /** Start of the first window that is not closed; {@link Long#MIN_VALUE} where none is. */
    private long nextMs;

    /** Start of the window as of which the groups are stored. */
    private long storedAsOfMs = Long.MIN_VALUE;

    private long alertsKeptFromMs = Long.MIN_VALUE;

    private final Map<AlertPlace, Excursion> changedAlerts = new LinkedHashMap<>();
    private final Map<GroupKey, WatchedGroup> changedGroups = new LinkedHashMap<>();

    private record AlertPlace(long windowStartMs, GroupKey group) {}

    /** Takes up the state as it was committed at {@code watermarkMs}. */
    Detector(Detection detection, WindowRows stored, long watermarkMs) {
        this.detection = detection;
        this.stored = stored;
        this.nextMs =
                watermarkMs == Long.MIN_VALUE ? Long.MIN_VALUE : slices().startOf(watermarkMs);
        stored.rows(
                detection.baselines(),
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                null,
                (asOfMs, group, value) -> {
                    storedAsOfMs = asOfMs;
                    groups.put(new GroupKey(group), StateCodec.group(value));
                    return true;
                });
    }

    private Slices slices() {
        return detection.windows().slices();
    }

    Detection detection() {
        return detection;
    }

    /** Goes on with a changed definition of the same state. */
    void redefine(Detection changed) {
        detection = changed;
    }

    long openAlerts() {
        return groups.values().stream().filter(group -> group.excursion() != null).count();
    }

    /**
     * Moves the watermark on.
     *
     * @param firstMs the watermark as it was first known; windows that ended by then are not looked
     *     at, as they came as history
     * @param rows that this commit changes, of this aggregate and others
     * @param changes gets the alerts and baselines that change
     */
    void advance(
            long firstMs,
            long watermarkMs,
            List<Commit.RowChange> rows,
            List<Commit.RowChange> changes,
            List<Commit.RowExpiry> expiries) {
        if (watermarkMs == Long.MIN_VALUE) {
            return;
        }
        if (nextMs == Long.MIN_VALUE) {
            nextMs = slices().startOf(firstMs);
        }
        long currentMs = slices().startOf(watermarkMs);
        NavigableMap<Long, Map<GroupKey, Double>> changed = new TreeMap<>();
        for (Commit.RowChange row : rows) {
            boolean looked = row.windowStartMs() >= nextMs && row.windowStartMs() <= currentMs;
            if (row.aggregate() == detection.aggregation().number() && looked) {
                Map<GroupKey, Double> window =
                        changed.computeIfAbsent(row.windowStartMs(), _ -> new LinkedHashMap<>());
                put(window, row.group(), row.value());
            }
        }
        boolean moved = nextMs < currentMs;
        if (moved) {
            closeUpTo(currentMs, changed, expiries);
        }
        if (detection.onlyGrows()) {
            Map<GroupKey, Double> early = changed.getOrDefault(currentMs, Map.of());
            lookAtEarly(currentMs, moved ? values(currentMs, early) : early);
        }
        expireAlerts(watermarkMs, expiries);
        drain(changes);
    }

    private void put(Map<GroupKey, Double> window, byte[] group, byte[] row) {
        OptionalDouble value = detection.value(row);
        if (value.isPresent() || detection.startsAtZero()) {
            window.put(new GroupKey(group), value.orElse(0));
        }
    }

    /** What a window comes to: its stored rows, and those that this commit changes. */
    private Map<GroupKey, Double> values(long startMs, Map<GroupKey, Double> changed) {
        Map<GroupKey, Double> values = new LinkedHashMap<>();
        stored.rows(
                detection.aggregation().number(),
                startMs,
                slices().endOf(startMs),
                null,
                (_, group, row) -> {
                    put(values, group, row);
                    return true;
                });
        values.putAll(changed);
        return values;
    }

    /** One window at a time is held, however many close. */
    private void closeUpTo(
            long currentMs,
            NavigableMap<Long, Map<GroupKey, Double>> changed,
            List<Commit.RowExpiry> expiries) {
        long before = storedAsOfMs;
        while (nextMs < currentMs) {
            if (isAsleep()) {
                nextMs = nextWithRows(currentMs, changed);
            }
            if (nextMs < currentMs) {
                Span window = new Span(nextMs, slices().endOf(nextMs));
                close(window, values(nextMs, changed.getOrDefault(nextMs, Map.of())));
                storedAsOfMs = nextMs;
                nextMs = window.endMs();
            }
        }
        if (storedAsOfMs > before) {
            changedGroups.putAll(groups);
            expiries.add(new Commit.RowExpiry(detection.baselines(), storedAsOfMs));
        }
    }

    /** Start of the first window with rows that is not closed, at most {@code currentMs}. */
    private long nextWithRows(long currentMs, NavigableMap<Long, Map<GroupKey, Double>> changed) {
        Long changedMs = changed.ceilingKey(nextMs);
        long[] firstMs = {changedMs == null ? currentMs : Math.min(changedMs, currentMs)};
        stored.rows(
                detection.aggregation().number(),
                nextMs,
                firstMs[0],
                null,
                (startMs, _, _) -> {
                    firstMs[0] = startMs;
                    return false;
                });
        return firstMs[0];
    }

    /** Whether no group has been seen for so long that windows without rows change nothing. */
    private boolean isAsleep() {
        return groups.values().stream()
                .allMatch(group -> group.unseenWindows() >= RecentWindows.LENGTH);
    }

    private void close(Span window, Map<GroupKey, Double> values) {
        admit(values);
        List<Excursion> changes = new ArrayList<>();
        Iterator<Map.Entry<GroupKey, WatchedGroup>> each = groups.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<GroupKey, WatchedGroup> entry = each.next();
            WatchedGroup group = entry.getValue();
            changes.clear();
            close(group, window, values.get(entry.getKey()), changes);
            if (isForgotten(group, window)) {
                group.end(window, changes);
                each.remove();
            }
            changes.forEach(change -> change(entry.getKey(), change));
        }
    }

    /** Begins to watch the groups that are new, as far as there is room. */
    private void admit(Map<GroupKey, Double> values) {
        Aggregation aggregation = detection.aggregation();
        List<Object> by = List.copyOf(aggregation.definition().by());
        GroupKey others =
                new GroupKey(KeyCodec.encode(Collections.nCopies(by.size(), Aggregation.OTHER)));
        int room = aggregation.definition().maxGroups() - groups.size();
        values.keySet().stream()
                .filter(key -> !groups.containsKey(key))
                .filter(key -> by.isEmpty() || !key.equals(others))
                .sorted()
                .limit(Math.max(0, room))
                .toList()
                .forEach(key -> groups.put(key, new WatchedGroup()));
    }

    private void close(
            WatchedGroup group, Span window, @Nullable Double value, List<Excursion> changes) {
        Sensitivity sensitivity = Sensitivity.of(detection.definition());
        if (value != null) {
            changes.addAll(group.close(window, value, true, detection.noise(), sensitivity));
        } else if (detection.startsAtZero()) {
            changes.addAll(group.close(window, 0, false, detection.noise(), sensitivity));
        } else {
            group.closeUnseen();
            if (group.unseenWindows() >= RecentWindows.LENGTH) {
                group.end(window, changes);
            }
        }
    }

    private static boolean isForgotten(WatchedGroup group, Span window) {
        int unseen = group.unseenWindows();
        return unseen >= RecentWindows.LENGTH
                && unseen * (window.endMs() - window.startMs()) >= FORGOTTEN_AFTER_MS;
    }

    private void lookAtEarly(long startMs, Map<GroupKey, Double> values) {
        Span window = new Span(startMs, slices().endOf(startMs));
        Sensitivity sensitivity = Sensitivity.of(detection.definition());
        values.forEach((key, value) -> {
            WatchedGroup group = groups.get(key);
            if (group != null) {
                Excursion begun = group.early(window, value, detection.noise(), sensitivity);
                if (begun != null) {
                    change(key, begun);
                    changedGroups.put(key, group);
                }
            }
        });
    }

    private void change(GroupKey group, Excursion excursion) {
        changedAlerts.put(new AlertPlace(excursion.windowStartMs(), group), excursion);
    }

    private void drain(List<Commit.RowChange> changes) {
        changedAlerts.forEach((place, excursion) ->
                changes.add(
                        new Commit.RowChange(
                                detection.number(),
                                place.windowStartMs(),
                                place.group().bytes(),
                                StateCodec.encode(excursion))));
        changedGroups.forEach((key, group) ->
                changes.add(
                        new Commit.RowChange(
                                detection.baselines(),
                                storedAsOfMs,
                                key.bytes(),
                                StateCodec.encode(group))));
        changedAlerts.clear();
        changedGroups.clear();
    }

    /**
     * Alerts are kept for as long as the rows that they are of, but at least while they, or older
     * ones, are open or change.
     */
    private void expireAlerts(long watermarkMs, List<Commit.RowExpiry> expiries) {
        long keepMs = detection.aggregation().definition().keep().toMillis();
        long keptFromMs =
                Math.min(slices().startOf(watermarkMs - keepMs), oldestUnsettledAlertMs());
        if (keptFromMs > alertsKeptFromMs) {
            alertsKeptFromMs = keptFromMs;
            expiries.add(new Commit.RowExpiry(detection.number(), keptFromMs));
        }
    }

    /** Start of the oldest alert that is open, or that this commit writes. */
    private long oldestUnsettledAlertMs() {
        LongStream open =
                groups.values().stream()
                        .map(WatchedGroup::excursion)
                        .filter(Objects::nonNull)
                        .mapToLong(Excursion::windowStartMs);
        LongStream changed = changedAlerts.keySet().stream().mapToLong(AlertPlace::windowStartMs);
        return LongStream.concat(open, changed).min().orElse(Long.MAX_VALUE);
    }
}
