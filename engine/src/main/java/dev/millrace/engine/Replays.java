package dev.millrace.engine;

import dev.millrace.core.port.StorageException;
import dev.millrace.core.port.StorageFullException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Runs the replays of one pipeline, {@link #AT_ONCE} at a time, further ones in line, and takes
 * them up again after a restart. Safe for use by many threads.
 */
final class Replays {
    static final int AT_ONCE = 8;

    private static final long IDLE_SECONDS = 10;
    private static final long ROOM_MS = 1_000;

    private final PipelineParts parts;
    private final JournalWriter writer;
    private final Readmissions readmissions;
    private final BooleanSupplier held;
    private final ThreadPoolExecutor threads;

    /** Those that wait for sinks, without a thread. */
    private final Set<ReplayRun> waiting = ConcurrentHashMap.newKeySet();

    /**
     * @param held whether no letters may be sent at the moment
     */
    Replays(
            PipelineParts parts,
            JournalWriter writer,
            Readmissions readmissions,
            BooleanSupplier held) {
        this.parts = parts;
        this.writer = writer;
        this.readmissions = readmissions;
        this.held = held;
        this.threads =
                new ThreadPoolExecutor(
                        AT_ONCE,
                        AT_ONCE,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().daemon().name("millrace-replay-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /** Goes on with those that a restart has cut off. */
    void resume() {
        parts.replays().all().stream().filter(job -> !job.isDone()).forEach(this::execute);
    }

    private void execute(ReplayJob job) {
        execute(new ReplayRun(parts, writer, readmissions, job, held));
    }

    private void execute(ReplayRun run) {
        threads.execute(() -> run(run));
    }

    /** Goes on with those whose sinks have taken something. Called a few times a second. */
    void beat() {
        List<ReplayRun> ready = waiting.stream().filter(ReplayRun::canGoOn).toList();
        ready.stream().filter(waiting::remove).forEach(this::execute);
    }

    private void run(ReplayRun run) {
        ReplayJob job = run.job();
        try {
            if (!run.run()) {
                waiting.add(run);
            }
        } catch (StorageFullException full) {
            awaitSpace(job, full);
        } catch (InterruptedException stopping) {
            job.fail(stopping(stopping));
        } catch (RuntimeException broken) {
            job.fail(
                    new StorageException(
                            "replay " + job.id() + " cannot go on: " + broken.getMessage(),
                            broken));
            if (!threads.isShutdown()) {
                System.getLogger(Replays.class.getName())
                        .log(
                                System.Logger.Level.WARNING,
                                "replay " + job.id() + " stands still until a restart",
                                broken);
            }
        }
    }

    /** On a disk that is full it waits, as nothing was written, and begins from its notes. */
    private void awaitSpace(ReplayJob job, StorageFullException full) {
        job.hold(String.valueOf(full.getMessage()));
        try {
            TimeUnit.MILLISECONDS.sleep(ROOM_MS);
            execute(job);
        } catch (InterruptedException | RejectedExecutionException stopping) {
            job.fail(stopping(stopping));
        }
    }

    private static StorageException stopping(Exception cause) {
        return new StorageException("the server is stopping", cause);
    }

    /**
     * Begins a replay, durably, and waits until it is done, but not longer than {@code wait}.
     *
     * @throws TooManyReplaysException if there is no room for another
     * @throws StorageException if it cannot be written
     */
    ReplayReport start(ReplayRequest request, Duration wait) {
        writer.trouble()
                .ifPresent(reason -> {
                    throw new StorageException(reason);
                });
        long nowMs = parts.clock().epochMs();
        ReplayBounds bounds =
                ReplayBounds.of(
                        parts.committer().committed(), parts.ledger().admission().totals(), nowMs);
        ReplayJob job =
                parts.replays().open(newId(nowMs), request, ReplayAsked.of(request, nowMs, bounds));
        try {
            parts.committer().awaitCommit();
            execute(job);
            job.awaitDone(wait.toNanos());
        } catch (RejectedExecutionException stopping) {
            throw stopping(stopping);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StorageException(
                    "interrupted while waiting for replay " + job.id(), interrupted);
        }
        return parts.replays().report(job);
    }

    /** Sorts by time; two of one millisecond differ in 48 random bits. */
    private static String newId(long nowMs) {
        return "%011x-%012x".formatted(nowMs, ThreadLocalRandom.current().nextLong(1L << 48));
    }

    Optional<ReplayReport> report(String id) {
        return parts.replays().job(id).map(parts.replays()::report);
    }

    /** The newest first, without outcomes. */
    List<ReplayReport> all() {
        List<ReplayReport> reports = new ArrayList<>();
        parts.replays().all().forEach(job -> reports.add(job.report(List.of())));
        Collections.reverse(reports);
        return reports;
    }

    /**
     * Has a replay take no more letters, durably; does nothing to one that is done. Those that are
     * on their way come to their outcomes.
     *
     * @throws StorageException if it cannot be written
     */
    Optional<ReplayReport> stop(String id) {
        Optional<ReplayJob> found = parts.replays().job(id);
        found.filter(job -> !job.isDone())
                .ifPresent(job -> {
                    parts.replays().write(List.of(ReplayNotes.stopped(id)));
                    job.stop();
                    parts.committer().awaitCommit();
                });
        return found.map(parts.replays()::report);
    }

    /** Sends no more letters; the next host goes on with them. */
    void stop() {
        threads.shutdownNow();
        waiting.forEach(run -> run.job().fail(new StorageException("the server is stopping")));
    }

    /** Waits for those that were stopped, but not longer than that. */
    void awaitStopped(Duration patience) {
        try {
            boolean _ = threads.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
