package dev.millrace.server.live;

import dev.millrace.core.detect.Alert;
import dev.millrace.engine.LatestRows;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What all readers of one query hear: the rows that they see, what was told of late, and who they
 * are. Each change is put into one message, once, whatever the number of readers. Confined to the
 * hub's thread.
 */
final class LiveFeed {
    private final LiveQuery query;
    private final LiveLimits limits;
    private final LiveBudget budget;
    private final Map<String, LiveRows> rows = new LinkedHashMap<>();
    private final List<LiveReader> readers = new ArrayList<>();

    private final Deque<LiveMessage> history = new ArrayDeque<>();
    private long historyBytes;

    /**
     * Of the newest commit that its readers have been told of, and of the one before its history.
     */
    private long id;

    private long baseId;
    private long lonelySinceNanos;

    LiveFeed(LiveQuery query, LiveLimits limits, LiveBudget budget, long nowNanos) {
        this.query = query;
        this.limits = limits;
        this.budget = budget;
        this.lonelySinceNanos = nowNanos;
        query.aggregates().forEach(name -> rows.put(name, new LiveRows(budget, limits.groups())));
    }

    LiveQuery query() {
        return query;
    }

    Map<String, LiveRows> rows() {
        return rows;
    }

    /** Whether its readers cannot go on with what they have. */
    boolean mustBeginAnew(Map<String, LatestRows> latest) {
        return rows.entrySet().stream()
                .anyMatch(entry -> {
                    LatestRows now = latest.get(entry.getKey());
                    return now != null
                            && (entry.getValue().isOfAnother(now)
                                    || entry.getValue().hasRoomForMore());
                });
    }

    /**
     * Lets a reader in that all rows are there for: it goes on where it was, if that is known, or
     * begins with a snapshot.
     *
     * @param lastId what it got last; empty: nothing
     */
    void join(LiveReader reader, OptionalLong lastId, long nowNanos) {
        LiveMessage first =
                lastId.isPresent() && knows(lastId.getAsLong())
                        ? since(lastId.getAsLong())
                        : snapshot();
        reader.begin(first, nowNanos);
        first.letGo();
        readers.add(reader);
    }

    private boolean knows(long lastId) {
        return lastId == baseId || history.stream().anyMatch(told -> told.id() == lastId);
    }

    /** What was told after the first message with that id: nothing, where it is the newest. */
    private LiveMessage since(long lastId) {
        boolean after = lastId == baseId;
        ByteArrayOutputStream missed = new ByteArrayOutputStream();
        for (LiveMessage told : history) {
            if (after) {
                missed.writeBytes(told.bytes());
            } else {
                after = told.id() == lastId;
            }
        }
        return new LiveMessage(budget, missed.toByteArray(), LiveEvents.NO_ID);
    }

    private LiveMessage snapshot() {
        LiveEvents events = new LiveEvents();
        List<byte[]> all = new ArrayList<>();
        rows.values().forEach(one -> all.addAll(one.all()));
        events.addArray("snapshot", all);
        rows.forEach((name, one) -> {
            if (one.isTruncated()) {
                events.truncated(name, one.size());
            }
        });
        return new LiveMessage(budget, events.bytes(id), id);
    }

    /** Begins with the rows that are there, as of a commit. */
    void startAt(long revision) {
        rows.values().forEach(LiveRows::told);
        id = revision;
        baseId = revision;
    }

    /** Has all readers begin anew with the rows that are there. */
    void beginAnew(long revision, long nowNanos) {
        forgetHistory();
        startAt(revision);
        LiveMessage snapshot = snapshot();
        send(snapshot, nowNanos);
        snapshot.letGo();
    }

    /**
     * Tells the readers what has changed.
     *
     * @param revision of the newest commit that is in it
     * @return whether there was anything
     */
    boolean tell(Collection<Alert> alerts, LiveJson json, long revision, long nowNanos) {
        LiveEvents events = new LiveEvents();
        List<byte[]> changed = new ArrayList<>();
        rows.forEach((name, one) -> one.tell(name, events, changed));
        if (!changed.isEmpty()) {
            events.addArray("rows", changed);
        }
        rows.forEach((name, one) -> one.tellTruncated(name, events));
        for (Alert alert : alerts) {
            if (query.wants(alert.group())) {
                events.add("alert", json.alert(alert));
            }
        }
        if (events.isEmpty()) {
            return false;
        }
        long itsId = revision > id ? revision : LiveEvents.NO_ID;
        id = Math.max(id, revision);
        LiveMessage message = new LiveMessage(budget, events.bytes(itsId), itsId);
        remember(message);
        send(message, nowNanos);
        message.letGo();
        return true;
    }

    private void remember(LiveMessage message) {
        message.hold();
        history.addLast(message);
        historyBytes += message.bytes().length;
        while (!history.isEmpty()
                && (history.size() > limits.historyMessages()
                        || historyBytes > limits.historyBytes()
                        || budget.isBufferFull())) {
            forgetOldest();
        }
    }

    private void forgetOldest() {
        LiveMessage oldest = history.removeFirst();
        historyBytes -= oldest.bytes().length;
        if (oldest.id() != LiveEvents.NO_ID) {
            baseId = oldest.id();
        } else {
            // Who is at the base would miss it.
            baseId = LiveEvents.NO_ID;
        }
        oldest.letGo();
    }

    private void forgetHistory() {
        while (!history.isEmpty()) {
            forgetOldest();
        }
    }

    /** Sends what is no part of the history, such as metrics. */
    void send(LiveMessage message, long nowNanos) {
        readers.removeIf(reader -> !reader.offer(message, nowNanos));
        if (budget.isBufferFull()) {
            readers.removeIf(LiveReader::cutOffIfBehind);
        }
    }

    /** Cuts off those that take nothing, and forgets those that have gone. */
    void tidy(long nowNanos) {
        readers.removeIf(reader -> reader.cutOffIfStuck(nowNanos) || reader.isGone());
        if (!readers.isEmpty()) {
            lonelySinceNanos = nowNanos;
        }
    }

    boolean isOver(long nowNanos) {
        return readers.isEmpty() && nowNanos - lonelySinceNanos > limits.linger().toNanos();
    }

    /** Ends the streams of all readers, and lets go of all. */
    void end() {
        readers.forEach(LiveReader::end);
        readers.clear();
        forgetHistory();
        rows.values().forEach(LiveRows::forget);
    }
}
