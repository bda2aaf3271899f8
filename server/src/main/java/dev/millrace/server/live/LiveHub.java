package dev.millrace.server.live;

import dev.millrace.core.aggregate.Row;
import dev.millrace.core.detect.Alert;
import dev.millrace.engine.CommittedRows;
import dev.millrace.engine.LatestRows;
import dev.millrace.engine.LatestRows.Shape;
import dev.millrace.engine.Pipeline;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The feeds of one pipeline. What happens is gone through once, row by row, and handed to the feeds
 * that show it: a feed costs by what it shows, and a reader only the sending.
 *
 * <p>Rows of tumbling windows and sessions come from the commits, those of sliding windows, which
 * are put together when they are read, from a pass over the window. A feed that is new, or whose
 * window has moved on, gets its rows from such a pass too, which all that need one share. A row
 * that comes both ways is told once, since it is taken only if its revision is higher.
 *
 * <p>Confined to the thread of its {@link LiveThread}, but for {@link #answers}.
 */
final class LiveHub {
    /** A reader that comes, and what it got last. */
    record Join(LiveReader reader, LiveQuery query, OptionalLong lastId) {}

    private final Pipeline pipeline;
    private final LiveJson json;
    private final LiveLimits limits;
    private final LiveBudget budget;
    private final Map<LiveQuery, LiveFeed> feeds = new ConcurrentHashMap<>();

    /** Of the newest commit that the feeds have been told of. */
    private long revision;

    LiveHub(Pipeline pipeline, LiveJson json, LiveLimits limits, LiveBudget budget) {
        this.pipeline = pipeline;
        this.json = json;
        this.limits = limits;
        this.budget = budget;
        this.revision = pipeline.revision();
    }

    /** Whether a further reader of that query costs no more than the sending. Thread-safe. */
    boolean answers(LiveQuery query) {
        return feeds.containsKey(query);
    }

    boolean isEmpty() {
        return feeds.isEmpty();
    }

    /**
     * Lets readers in: what their streams begin with waits for them when it returns. The stream of
     * one that cannot be served ends.
     */
    void join(List<Join> joins, LiveMessage metrics, long nowNanos) {
        List<LiveFeed> fresh = new ArrayList<>();
        for (Join join : joins) {
            if (!feeds.containsKey(join.query()) && budget.takeFeed()) {
                LiveFeed feed = new LiveFeed(join.query(), limits, budget, nowNanos);
                feeds.put(join.query(), feed);
                fresh.add(feed);
            }
        }
        Map<String, LatestRows> latest = latest(fresh);
        latest.forEach((name, rows) -> pass(rows, rowsOf(name, fresh)));
        fresh.forEach(feed -> feed.startAt(revision));
        for (Join join : joins) {
            LiveFeed feed = feeds.get(join.query());
            if (feed == null) {
                join.reader().end();
            } else {
                feed.join(join.reader(), join.lastId(), nowNanos);
                boolean _ = join.reader().offer(metrics, nowNanos);
            }
        }
    }

    /**
     * Tells the readers what has changed.
     *
     * @param commits since the last time
     * @param missed whether there were more that are not known
     * @return whether there was anything
     */
    boolean publish(List<CommittedRows> commits, boolean missed, long nowNanos) {
        if (!commits.isEmpty()) {
            revision = commits.getLast().revision();
        }
        Map<String, LatestRows> latest = latest(feeds.values());
        Set<LiveFeed> anew = new LinkedHashSet<>();
        for (LiveFeed feed : feeds.values()) {
            if (missed || feed.mustBeginAnew(latest)) {
                feed.rows().values().forEach(LiveRows::forget);
                anew.add(feed);
            }
        }
        latest.forEach((name, rows) -> update(rows, rowsOf(name, feeds.values()), commits));
        Collection<Alert> alerts = alerts(commits);
        boolean told = false;
        for (LiveFeed feed : feeds.values()) {
            if (anew.contains(feed)) {
                feed.beginAnew(revision, nowNanos);
                told = true;
            } else {
                told |= feed.tell(alerts, json, revision, nowNanos);
            }
        }
        return told;
    }

    /** By aggregate, for all that some feed shows. A feed of one that is gone ends. */
    private Map<String, LatestRows> latest(Collection<LiveFeed> some) {
        Map<String, LatestRows> latest = new LinkedHashMap<>();
        for (LiveFeed feed : List.copyOf(some)) {
            for (String name : feed.query().aggregates()) {
                if (latest.containsKey(name)) {
                    continue;
                }
                Optional<LatestRows> rows = latest(name);
                if (rows.isEmpty()) {
                    drop(feed);
                    break;
                }
                latest.put(name, rows.get());
            }
        }
        return latest;
    }

    private Optional<LatestRows> latest(String aggregate) {
        return pipeline.definition().aggregate(aggregate).isPresent()
                ? Optional.of(pipeline.latest(aggregate))
                : Optional.empty();
    }

    /** The rows of one aggregate in the feeds that show it. */
    private static Map<LiveRows, LiveQuery> rowsOf(String aggregate, Collection<LiveFeed> feeds) {
        Map<LiveRows, LiveQuery> rows = new LinkedHashMap<>();
        for (LiveFeed feed : feeds) {
            LiveRows its = feed.rows().get(aggregate);
            if (its != null) {
                rows.put(its, feed.query());
            }
        }
        return rows;
    }

    private void update(
            LatestRows latest, Map<LiveRows, LiveQuery> shown, List<CommittedRows> commits) {
        Map<LiveRows, LiveQuery> behind = new LinkedHashMap<>(shown);
        behind.keySet().removeIf(rows -> !rows.isBehind(latest));
        if (latest.shape() == Shape.SLIDING) {
            boolean changed =
                    commits.stream().anyMatch(commit -> commit.changes(latest.stateNumber()));
            pass(latest, changed ? shown : behind);
            return;
        }
        pass(latest, behind);
        Map<LiveRows, LiveQuery> current = new LinkedHashMap<>(shown);
        current.keySet().removeAll(behind.keySet());
        if (!current.isEmpty() && !commits.isEmpty()) {
            LiveIndex index = new LiveIndex(current);
            long fromMs = latest.windowStartMs().orElse(Long.MIN_VALUE);
            long toMs = latest.windowStartMs().isPresent() ? fromMs + 1 : Long.MAX_VALUE;
            for (CommittedRows commit : commits) {
                for (Row row : commit.rows(latest.stateNumber(), fromMs, toMs)) {
                    take(index, row);
                }
            }
        }
    }

    private void take(LiveIndex index, Row row) {
        List<LiveRows> takers =
                index.takers(new LiveRow.Key(row.windowStartMs(), row.group()), row.revision());
        if (!takers.isEmpty()) {
            LiveRow told = LiveRow.of(row, json);
            takers.forEach(rows -> rows.take(told));
        }
    }

    /** Goes over the rows that are there, for those who are behind or do not hear of changes. */
    private void pass(LatestRows latest, Map<LiveRows, LiveQuery> takers) {
        if (takers.isEmpty()) {
            return;
        }
        takers.keySet().forEach(rows -> rows.beginIfBehind(latest));
        LiveIndex index = new LiveIndex(takers);
        latest.visit(found -> {
            LiveRow.Key key = new LiveRow.Key(found.place().windowStartMs(), found.group());
            List<LiveRows> its = index.takers(key, found.revision());
            if (!its.isEmpty()) {
                LiveRow told = LiveRow.of(found.row(), json);
                its.forEach(rows -> rows.take(told));
            }
            return true;
        });
    }

    /** Of each the newest state. */
    private static Collection<Alert> alerts(List<CommittedRows> commits) {
        Map<String, Alert> alerts = new LinkedHashMap<>();
        commits.forEach(commit -> commit.alerts().forEach(alert -> alerts.put(alert.id(), alert)));
        return alerts.values();
    }

    /** Sends to all readers what is no change. */
    void send(LiveMessage message, long nowNanos) {
        feeds.values().forEach(feed -> feed.send(message, nowNanos));
    }

    /** Cuts off readers that are stuck, and lets go of feeds that nobody has come back to. */
    void tidy(long nowNanos) {
        for (LiveFeed feed : List.copyOf(feeds.values())) {
            feed.tidy(nowNanos);
            if (feed.isOver(nowNanos)) {
                drop(feed);
            }
        }
    }

    private void drop(LiveFeed feed) {
        if (feeds.remove(feed.query()) != null) {
            feed.end();
            budget.letGoOfFeed();
        }
    }

    /** Ends all streams. */
    void end() {
        List.copyOf(feeds.values()).forEach(this::drop);
    }
}
