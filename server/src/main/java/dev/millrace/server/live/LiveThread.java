package dev.millrace.server.live;

import dev.millrace.engine.CommitListener;
import dev.millrace.engine.CommittedRows;
import dev.millrace.engine.Pipeline;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The thread that works for the live readers of one pipeline, from the first that comes until a
 * while after the last has gone. Commits and readers wait here for it; it waits for nobody.
 *
 * <p>What is expensive sets its own pace: after a pass that took a while it rests four times as
 * long, so that live readers take a fifth of a core at most for what is read.
 */
final class LiveThread implements CommitListener {
    private static final long REST = 4;

    /** A window moves on by the clock too, without a commit. */
    private static final long BEAT_NANOS = LiveLimits.SPACING.toNanos();

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Pipeline pipeline;
    private final LiveJson json;
    private final LiveBudget budget;
    private final BooleanSupplier isThere;
    private final LiveHub hub;
    private final Thread thread;

    /* What waits, under the lock. */

    private final Queue<CommittedRows> commits = new ArrayDeque<>();
    private List<LiveHub.Join> joins = new ArrayList<>();
    private boolean missed;
    private boolean ended;

    /* Of the thread alone. */

    private long joinAt;
    private long publishAt;
    private long beatAt;
    private long metricsAt;
    private long heartbeatAt;
    private LiveMessage metrics;

    /**
     * What is due.
     *
     * @param publish whether changes may be told, of which commits are one cause
     */
    private record Work(
            List<LiveHub.Join> joins,
            boolean publish,
            List<CommittedRows> commits,
            boolean missed) {}

    /**
     * @param isThere whether the pipeline still is
     */
    LiveThread(
            Pipeline pipeline,
            LiveJson json,
            LiveLimits limits,
            LiveBudget budget,
            BooleanSupplier isThere) {
        this.pipeline = pipeline;
        this.json = json;
        this.budget = budget;
        this.isThere = isThere;
        // Heard of twice is no harm, not heard of is.
        pipeline.addCommitListener(this);
        this.hub = new LiveHub(pipeline, json, limits, budget);
        this.metrics = metrics();
        long now = System.nanoTime();
        this.joinAt = now;
        this.publishAt = now;
        this.beatAt = now;
        this.metricsAt = now + LiveLimits.METRICS_EVERY.toNanos();
        this.heartbeatAt = now + LiveLimits.HEARTBEAT_EVERY.toNanos();
        this.thread = Thread.ofVirtual().name("live-" + pipeline.name()).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    Pipeline pipeline() {
        return pipeline;
    }

    /** Whether a further reader of that query costs no more than the sending. */
    boolean answers(LiveQuery query) {
        return hub.answers(query);
    }

    /**
     * Lets a reader in, soon.
     *
     * @return false if this thread has ended
     */
    synchronized boolean join(LiveHub.Join join) {
        if (!ended) {
            joins.add(join);
            notifyAll();
        }
        return !ended;
    }

    @Override
    public synchronized void committed(CommittedRows commit) {
        if (commits.size() == LiveLimits.COMMITS) {
            commits.clear();
            missed = true;
        }
        commits.add(commit);
        notifyAll();
    }

    private void run() {
        try {
            for (Work work = next(); work != null; work = next()) {
                work(work, System.nanoTime());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException broken) {
            report(broken);
        } finally {
            pipeline.removeCommitListener(this);
            close();
            hub.end();
            metrics.letGo();
        }
    }

    /** Of a pipeline that was dropped nothing can be read, which is no trouble. */
    private void report(RuntimeException broken) {
        if (isThere.getAsBoolean()) {
            System.getLogger(LiveThread.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "the live streams of pipeline %s end, and their readers come back"
                                    .formatted(pipeline.name()),
                            broken);
        }
    }

    /** Waits until something is due; null once there will be nothing any more. */
    private synchronized @Nullable Work next() throws InterruptedException {
        while (!ended) {
            long now = System.nanoTime();
            boolean canPublish = now - publishAt >= 0;
            boolean beat = now - beatAt >= 0;
            boolean join = !joins.isEmpty() && now - joinAt >= 0;
            boolean publish = canPublish && (beat || missed || !commits.isEmpty());
            if (beat || join || publish) {
                return take(join, publish);
            }
            long until = beatAt;
            if (!joins.isEmpty()) {
                until = earlier(until, joinAt);
            }
            if (missed || !commits.isEmpty()) {
                until = earlier(until, publishAt);
            }
            TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, until - now));
        }
        return null;
    }

    private static long earlier(long one, long other) {
        return one - other < 0 ? one : other;
    }

    private Work take(boolean join, boolean publish) {
        List<LiveHub.Join> joining = List.of();
        if (join) {
            joining = joins;
            joins = new ArrayList<>();
        }
        List<CommittedRows> committed = List.of();
        boolean lost = false;
        if (publish) {
            committed = List.copyOf(commits);
            commits.clear();
            lost = missed;
            missed = false;
        }
        return new Work(joining, publish, committed, lost);
    }

    private void work(Work work, long now) {
        if (!work.joins().isEmpty()) {
            join(work.joins(), now);
            joinAt = now + REST * (System.nanoTime() - now);
        }
        if (work.publish()) {
            long begin = System.nanoTime();
            boolean told = hub.publish(work.commits(), work.missed(), begin);
            long cost = System.nanoTime() - begin;
            publishAt =
                    System.nanoTime()
                            + Math.max(told ? LiveLimits.SPACING.toNanos() : 0, REST * cost);
        }
        if (now - beatAt >= 0) {
            beatAt = now + BEAT_NANOS;
            beat(now);
        }
    }

    private void join(List<LiveHub.Join> joining, long now) {
        try {
            hub.join(joining, metrics, now);
        } catch (RuntimeException broken) {
            // The hub may not know all of them yet.
            joining.forEach(one -> one.reader().end());
            throw broken;
        }
    }

    private void beat(long now) {
        if (now - heartbeatAt >= 0) {
            heartbeatAt = now + LiveLimits.HEARTBEAT_EVERY.toNanos();
            LiveMessage heartbeat = new LiveMessage(budget, LiveEvents.HEARTBEAT, LiveEvents.NO_ID);
            hub.send(heartbeat, now);
            heartbeat.letGo();
        }
        if (now - metricsAt >= 0) {
            // A beat may come late, but not each a little later.
            metricsAt = Math.max(metricsAt + LiveLimits.METRICS_EVERY.toNanos(), now);
            metrics.letGo();
            metrics = metrics();
            hub.send(metrics, now);
            hub.tidy(now);
            if (!isThere.getAsBoolean()) {
                close();
            }
            closeIfDone();
        }
    }

    private LiveMessage metrics() {
        return new LiveMessage(
                budget,
                new LiveEvents().add("metrics", json.metrics(pipeline)).bytes(LiveEvents.NO_ID),
                LiveEvents.NO_ID);
    }

    private synchronized void closeIfDone() {
        if (joins.isEmpty() && hub.isEmpty()) {
            close();
        }
    }

    /** Whether nobody can join any more. */
    synchronized boolean isEnded() {
        return ended;
    }

    /** Has all streams end. */
    synchronized void close() {
        ended = true;
        joins.forEach(join -> join.reader().end());
        joins.clear();
        commits.clear();
        notifyAll();
    }

    /** Waits for the end, but not for long. */
    void awaitEnd() {
        try {
            boolean _ = thread.join(PATIENCE);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
