package dev.millrace.engine;

import dev.millrace.core.letter.LetterChange;
import dev.millrace.core.port.Commit;
import dev.millrace.core.port.DedupeBlock;
import dev.millrace.core.port.Failpoint;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.StorageException;
import dev.millrace.core.task.BackfillPart;
import dev.millrace.core.task.Checkpoint;
import dev.millrace.core.task.Handover;
import dev.millrace.core.task.LetterOutcome;
import dev.millrace.core.task.MergeTask;
import dev.millrace.core.task.Merged;
import dev.millrace.core.task.PartitionState;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * Makes one pipeline's commits: collects the handover of every partition, merges them, and writes
 * offsets, dedupe ids, rows, letters and counts in one synced write. The partitions work on
 * meanwhile. One commit at a time; a failed one ends the pipeline until restart, since the
 * partitions have let go of what it held.
 */
final class Committer {
    /** Even with nothing to show, the watermark of an idle pipeline is written this often. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final PipelineStore store;
    private final List<PartitionRunner> partitions;
    private final MergeTask merge;
    private final PipelineLedger ledger;
    private final DiscardBook discards;
    private final ReplayBook replays;
    private final SourceBudgets budgets;
    private final BackfillRunner backfills;
    private final Outboxes outboxes;
    private final HostClock clock;
    private final LatencyWindow latency;
    private final Executor executor;
    private final CommitPace pace;

    private final CommitListeners listeners = new CommitListeners();
    private final LongAdder commits = new LongAdder();
    private final Object lock = new Object();
    private boolean running;
    private List<CompletableFuture<Checkpoint>> waiting = new ArrayList<>();

    private volatile Checkpoint committed;
    private volatile long lastNanos;
    private volatile long nextCloseMs;
    private volatile long groups;
    private volatile long overflowedGroups;
    private volatile long openAlerts;
    private volatile boolean failed;
    private volatile String failure = "";

    Committer(
            PipelineStore store,
            Checkpoint committed,
            List<PartitionRunner> partitions,
            MergeTask merge,
            PipelineLedger ledger,
            DiscardBook discards,
            ReplayBook replays,
            SourceBudgets budgets,
            BackfillRunner backfills,
            Outboxes outboxes,
            HostClock clock,
            LatencyWindow latency,
            Executor executor,
            long intervalNanos) {
        this.store = store;
        this.committed = committed;
        this.partitions = List.copyOf(partitions);
        this.merge = merge;
        this.ledger = ledger;
        this.discards = discards;
        this.replays = replays;
        this.budgets = budgets;
        this.backfills = backfills;
        this.outboxes = outboxes;
        this.clock = clock;
        this.latency = latency;
        this.executor = executor;
        this.nextCloseMs = merge.nextCloseMs();
        this.openAlerts = merge.openAlerts();
        this.lastNanos = clock.nanos();
        this.pace = new CommitPace(intervalNanos, lastNanos);
    }

    /** The newest commit's checkpoint. */
    Checkpoint committed() {
        return committed;
    }

    long groups() {
        return groups;
    }

    /** How often a group was counted under that of the others, since the start. */
    long overflowedGroups() {
        return overflowedGroups;
    }

    long openAlerts() {
        return openAlerts;
    }

    /** Commits since the start. */
    long commits() {
        return commits.sum();
    }

    CommitListeners listeners() {
        return listeners;
    }

    boolean hasFailed() {
        return failed;
    }

    String failure() {
        return failure;
    }

    /** Begins a commit if one is due. */
    void beat(long nowNanos) {
        boolean pressing = partitions.stream().anyMatch(PartitionRunner::isFull);
        if (pressing || (pace.isDue(nowNanos) && hasReason(nowNanos - lastNanos))) {
            begin();
        }
    }

    private boolean hasReason(long sinceNanos) {
        if (partitions.stream().anyMatch(PartitionRunner::isDirty)
                || ledger.admission().hasCounted()
                || backfills.isDirty()
                || outboxes.isDirty()) {
            return true;
        }
        long slowestMs =
                partitions.stream()
                        .mapToLong(PartitionRunner::watermarkMs)
                        .min()
                        .orElse(Long.MIN_VALUE);
        return slowestMs >= nextCloseMs
                || (sinceNanos >= QUIET_NANOS && slowestMs > committed.watermarkMs());
    }

    /** Commits what the partitions have processed by now; completes when it is visible. */
    CompletableFuture<Checkpoint> commitNow() {
        CompletableFuture<Checkpoint> visible = new CompletableFuture<>();
        synchronized (lock) {
            waiting.add(visible);
        }
        begin();
        return visible;
    }

    /**
     * The same, and waits until it is visible.
     *
     * @throws StorageException if it cannot be written
     */
    Checkpoint awaitCommit() {
        try {
            return commitNow().join();
        } catch (CompletionException failedCommit) {
            throw StorageException.of(failedCommit);
        }
    }

    /**
     * Asks the partitions for their parts, and commits when the last has come. No thread waits for
     * them: a partition that a handler holds up keeps none from other pipelines.
     */
    private void begin() {
        List<CompletableFuture<Checkpoint>> served;
        synchronized (lock) {
            if (running) {
                return;
            }
            running = true;
            pace.begun(clock.nanos());
            served = waiting;
            waiting = new ArrayList<>();
        }
        if (failed) {
            end(served, new StorageException(failure));
            return;
        }
        long published = ledger.admission().totals().endOffset();
        List<CompletableFuture<PartitionRunner.Part>> asked =
                partitions.stream().map(PartitionRunner::handOver).toList();
        CompletableFuture<Void> _ =
                CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new))
                        .thenApplyAsync(
                                _ ->
                                        commit(
                                                asked.stream()
                                                        .map(CompletableFuture::join)
                                                        .toList(),
                                                published),
                                executor)
                        .handle((checkpoint, broken) -> {
                            if (broken == null) {
                                served.forEach(one -> one.complete(checkpoint));
                                end(List.of(), null);
                            } else {
                                fail(served, broken);
                            }
                            return null;
                        });
    }

    private void fail(List<CompletableFuture<Checkpoint>> served, Throwable thrown) {
        Throwable broken =
                thrown instanceof CompletionException && thrown.getCause() != null
                        ? thrown.getCause()
                        : thrown;
        boolean stopped = broken instanceof RejectedExecutionException;
        if (!stopped) {
            failed = true;
            failure =
                    "a commit of pipeline " + store.pipeline() + " failed: " + broken.getMessage();
            System.getLogger(Committer.class.getName())
                    .log(System.Logger.Level.ERROR, failure, broken);
        }
        end(served, broken);
    }

    /**
     * @param broken why the commit was not made; null if it was
     */
    private void end(List<CompletableFuture<Checkpoint>> served, @Nullable Throwable broken) {
        boolean again;
        List<CompletableFuture<Checkpoint>> refused = new ArrayList<>(served);
        synchronized (lock) {
            running = false;
            if (broken != null) {
                refused.addAll(waiting);
                waiting = new ArrayList<>();
            }
            again = !waiting.isEmpty();
        }
        if (broken != null) {
            refused.forEach(one -> one.completeExceptionally(broken));
        }
        if (again) {
            begin();
        }
    }

    private Checkpoint commit(List<PartitionRunner.Part> parts, long published) {
        List<Handover> handovers = parts.stream().map(PartitionRunner.Part::handover).toList();
        PipelineLedger.Entry entry = ledger.book(handovers, clock.epochMs());
        Totals upTo = entry.totals();
        long revision = committed.revision() + 1;
        BackfillPart backfill = backfills.handOver(handovers);
        Merged merged = merge.merge(handovers, backfill.deltas(), revision);
        List<PartitionState> states = handovers.stream().map(Handover::state).toList();
        Checkpoint checkpoint =
                new Checkpoint(
                        revision,
                        merged.watermarkMs(),
                        upTo.endOffset(),
                        upTo.received(),
                        upTo.rejected(),
                        states,
                        merged.sessions(),
                        backfill.state());
        Outboxes.Part putOut = outboxes.take(handovers, merged.rows(), clock.epochMs());
        List<LetterChange> letters =
                joined(joined(backfill.letters(), letters(handovers)), putOut.letters());
        List<LetterOutcome> outcomes = joined(outcomes(handovers), putOut.outcomes());
        ReplayBook.Booking booking = replays.begin(outcomes);
        Failpoint.COMMIT_MERGED.reach();
        store.commit(
                new Commit(
                        checkpoint.encode(),
                        joined(merged.rows(), entry.booking().rows()),
                        joined(merged.expiries(), entry.booking().expiries()),
                        merged.dropped(),
                        letters,
                        dedupe(handovers, revision),
                        dedupeNotBeforeMs(handovers, published),
                        joined(booking.notes(), putOut.notes()),
                        putOut.changes()));
        Failpoint.COMMIT_WRITTEN.reach();
        ledger.check(entry, committed, checkpoint);
        committed = checkpoint;
        backfills.committed(checkpoint);
        nextCloseMs = merge.nextCloseMs();
        groups = merge.groups();
        overflowedGroups = merge.overflowed();
        openAlerts = merge.openAlerts();
        commits.increment();
        lastNanos = clock.nanos();
        pace.ended(lastNanos);
        measure(parts);
        discards.book(outcomes);
        replays.end(booking);
        budgets.written(letters);
        outboxes.committed(putOut);
        listeners.tell(
                () -> CommittedRows.of(revision, merged.watermarkMs(), merged.rows(), handovers));
        return checkpoint;
    }

    private static <T> List<T> joined(List<T> some, List<T> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    private static List<LetterChange> letters(List<Handover> handovers) {
        return handovers.stream().flatMap(handover -> handover.letters().stream()).toList();
    }

    private static List<LetterOutcome> outcomes(List<Handover> handovers) {
        return handovers.stream().flatMap(handover -> handover.outcomes().stream()).toList();
    }

    private static List<DedupeBlock> dedupe(List<Handover> handovers, long revision) {
        return handovers.stream()
                .filter(handover -> handover.dedupeIds().length > 0)
                .map(handover ->
                        new DedupeBlock(
                                handover.partition(),
                                revision,
                                handover.state().receiptMs(),
                                handover.dedupeIds()))
                .toList();
    }

    /**
     * Ids are needed for the horizon before the next event that a partition takes: one that lags
     * takes events received long ago, one that has caught up takes those received from now on.
     */
    private static long dedupeNotBeforeMs(List<Handover> handovers, long publishedOffset) {
        long newestMs =
                handovers.stream()
                        .mapToLong(one -> one.state().receiptMs())
                        .max()
                        .orElse(Long.MIN_VALUE);
        long neededMs =
                handovers.stream()
                        .map(Handover::state)
                        .filter(state -> state.endOffset() < publishedOffset)
                        .mapToLong(PartitionState::receiptMs)
                        .reduce(newestMs, Math::min);
        long horizonMs =
                handovers.stream()
                        .mapToLong(one -> one.program().definition().dedupe().toMillis())
                        .max()
                        .orElse(0);
        return neededMs == Long.MIN_VALUE ? Long.MIN_VALUE : neededMs - horizonMs;
    }

    private void measure(List<PartitionRunner.Part> parts) {
        long nowMs = clock.epochMs();
        for (PartitionRunner.Part part : parts) {
            long[] receipts = part.receipts();
            for (int i = 0; i < receipts.length; i += 2) {
                latency.add(nowMs - receipts[i], receipts[i + 1], lastNanos);
            }
        }
    }
}
