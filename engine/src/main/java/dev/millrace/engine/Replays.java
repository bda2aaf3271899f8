package dev.millrace.engine;

import dev.millrace.core.port.StorageException;
import dev.millrace.core.port.StorageFullException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
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
final class Replays implements AutoCloseable {
    static final int AT_ONCE = 8;

    private static final long IDLE_SECONDS = 10;
    private static final long END_SECONDS = 5;
    private static final long ROOM_MS = 1_000;

    private final PipelineParts parts;
    private final JournalWriter writer;
    private final Readmissions readmissions;
    private final BooleanSupplier held;
    private final ThreadPoolExecutor threads;

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
        threads.execute(() -> run(job));
    }

    private void run(ReplayJob job) {
        try {
            while (!job.isDone()) {
                runWhileThereIsRoom(job);
            }
        } catch (InterruptedException stopping) {
            job.fail(new StorageException("the server is stopping", stopping));
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

    /** On a disk that is full it waits, as nothing was written. */
    private void runWhileThereIsRoom(ReplayJob job) throws InterruptedException {
        try {
            new ReplayRun(parts, writer, readmissions, job, held).run();
        } catch (StorageFullException full) {
            job.hold(String.valueOf(full.getMessage()));
            TimeUnit.MILLISECONDS.sleep(ROOM_MS);
        }
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
                ReplayBounds.of(parts.committer().committed(), parts.ledger().admission().totals());
        ReplayJob job =
                parts.replays().open(newId(nowMs), request, ReplayAsked.of(request, nowMs, bounds));
        try {
            parts.committer().awaitCommit();
            execute(job);
            job.awaitDone(wait.toNanos());
        } catch (RejectedExecutionException stopping) {
            throw new StorageException("the server is stopping", stopping);
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

    /** Lets go of what runs; the next host goes on with it. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            boolean _ = threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
