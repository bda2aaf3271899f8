package dev.millrace.engine;

import dev.millrace.core.task.Handover;
import dev.millrace.core.task.PartitionTask;
import dev.millrace.core.task.StageCount;
import dev.millrace.core.task.TaskRecord;
import dev.millrace.core.task.Wanted;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * One partition's mailbox and the task behind it. Many threads submit; at most one thread at a time
 * runs: one of the shared pool, or one of its own while it has stages that may block. A request for
 * the handover goes ahead of the records that wait, so that commits keep their beat under load.
 *
 * <p>What its records come to is held until it is handed over. Where that is too much, records wait
 * until then, so that a slow commit holds back events instead of filling the memory.
 *
 * <p>A record that needs answers from elsewhere is kept, and the partition leaves the line, until
 * they are there; only handovers are served meanwhile. Records behind it wait, so that events keep
 * their order.
 */
final class PartitionRunner {
    /** Records a turn takes at most before other partitions have theirs. */
    private static final int TURN_RECORDS = 64;

    /** Replays, deletions and advances that may wait. */
    static final int CONTROLS = 1_000;

    private final TaskPool pool;
    private final Executor blocking;
    private final PartitionTask task;
    private final StageClock stageClock;
    private final DrainRate drained;
    private final HostClock clock;
    private final LongSupplier publishedOffset;
    private final long startOffset;
    private final long uncommittedBytesMax;

    private final Object lock = new Object();
    private final Queue<Message> mailbox = new ArrayDeque<>();
    private int historyInMailbox;
    private int controlsInMailbox;
    private long tickToMs = Long.MIN_VALUE;
    private boolean inLine;
    private @Nullable Unanswered unanswered;
    private @Nullable CompletableFuture<Part> requested;

    private long[] receipts = new long[64];
    private int receiptLongs;

    private volatile long watermarkMs;
    private volatile long lastEventNanos;
    private volatile long dedupeHoldsMs;
    private volatile List<StageCount> stageCounts;
    private final AtomicLong waitingEvents = new AtomicLong();
    private volatile boolean mayBlock;
    private volatile boolean full;
    private volatile boolean dirty;
    private volatile @Nullable Throwable failure;

    /** What waits in the mailbox. */
    private sealed interface Message {
        record Work(TaskRecord record, int events, @Nullable BatchShare share) implements Message {
            @Override
            public boolean isHistory() {
                return record instanceof TaskRecord.Events events && events.batch().isHistory();
            }
        }

        record Barrier(CompletableFuture<Long> newestMs) implements Message {
            @Override
            public boolean isHistory() {
                return false;
            }
        }

        /** Whether somebody asked for it, other than by sending events. */
        default boolean isControl() {
            return this instanceof Work work
                    && work.share == null
                    && !(work.record instanceof TaskRecord.Tick);
        }

        /** Moves no watermark, so that a tick may pass it. */
        boolean isHistory();
    }

    /** The record that is next, once its answers are there. */
    private record Unanswered(Message.Work work, AwaitedAnswers answers) {}

    /**
     * One partition's part of a commit.
     *
     * @param receipts pairs of time of receipt and number of events, of the batches in it
     */
    record Part(Handover handover, long[] receipts) {}

    /**
     * @param blocking runs turns while the pipeline has stages that may block
     * @param startOffset records that end at or before it were taken before the last commit
     * @param uncommittedBytesMax what its records may come to until it waits for the next commit
     * @param publishedOffset the offset up to which records were submitted to all partitions
     */
    PartitionRunner(
            TaskPool pool,
            Executor blocking,
            PartitionTask task,
            StageClock stageClock,
            DrainRate drained,
            HostClock clock,
            long startOffset,
            long uncommittedBytesMax,
            LongSupplier publishedOffset) {
        this.pool = pool;
        this.blocking = blocking;
        this.mayBlock = task.mayBlock();
        this.task = task;
        this.stageClock = stageClock;
        this.drained = drained;
        this.clock = clock;
        this.startOffset = startOffset;
        this.uncommittedBytesMax = uncommittedBytesMax;
        this.publishedOffset = publishedOffset;
        this.watermarkMs = task.watermarkMs();
        this.dedupeHoldsMs = task.dedupeHoldsMs();
        this.stageCounts = task.stageCounts();
        this.lastEventNanos = clock.nanos();
    }

    /** Submits a control record. */
    void submit(TaskRecord record) {
        if (!isOld(record)) {
            post(new Message.Work(record, 0, null));
        }
    }

    /**
     * Submits a batch with events for this partition.
     *
     * @return false if it was taken before the last commit; then nothing happens
     */
    boolean submit(TaskRecord.Events record, int events, BatchShare share) {
        if (isOld(record)) {
            return false;
        }
        waitingEvents.addAndGet(events);
        post(new Message.Work(record, events, share));
        return true;
    }

    /**
     * Moves the watermark on. Goes ahead of history, as a long import must not stop the clock, but
     * of nothing else.
     */
    void tick(long toMs) {
        synchronized (lock) {
            if (hasOnlyHistory()) {
                tickToMs = Math.max(tickToMs, toMs);
                standInLine();
                return;
            }
        }
        submit(new TaskRecord.Tick(toMs));
    }

    /** Whether all that waits, if anything, is history. Under the lock. */
    private boolean hasOnlyHistory() {
        return mailbox.size() == historyInMailbox
                && (unanswered == null || unanswered.work().isHistory());
    }

    /** Whether a record that ends there was taken before the last commit. */
    boolean isPast(long endOffset) {
        return endOffset <= startOffset;
    }

    private boolean isOld(TaskRecord record) {
        return switch (record) {
            case TaskRecord.Events events -> isPast(events.endOffset());
            case TaskRecord.Change change -> isPast(change.endOffset());
            case TaskRecord.Replay replay -> isPast(replay.endOffset());
            case TaskRecord.Discard discard -> isPast(discard.endOffset());
            case TaskRecord.Advance advance -> isPast(advance.endOffset());
            case TaskRecord.Tick _ -> false;
        };
    }

    /**
     * Completes with the newest timestamp seen, once all that was submitted before is processed.
     */
    CompletableFuture<Long> barrier() {
        CompletableFuture<Long> reached = new CompletableFuture<>();
        post(new Message.Barrier(reached));
        return reached;
    }

    /** Asks for the partition's part of a commit; one request at a time. */
    CompletableFuture<Part> handOver() {
        CompletableFuture<Part> part = new CompletableFuture<>();
        synchronized (lock) {
            requested = part;
            standInLine();
        }
        failIfFailed(part);
        return part;
    }

    private void post(Message message) {
        synchronized (lock) {
            mailbox.add(message);
            historyInMailbox += message.isHistory() ? 1 : 0;
            controlsInMailbox += message.isControl() ? 1 : 0;
            standInLine();
        }
        if (failure != null) {
            failWaiting();
        }
    }

    private void standInLine() {
        if (!inLine && failure == null) {
            inLine = true;
            enqueue();
        }
    }

    private void enqueue() {
        if (mayBlock) {
            blocking.execute(this::runTurn);
        } else {
            pool.enqueue(this);
        }
    }

    /** Works for a turn; called by one thread at a time. */
    void runTurn() {
        try {
            boolean blocks = mayBlock;
            for (int i = 0; i < TURN_RECORDS && blocks == mayBlock; i++) {
                if (failure != null || Thread.currentThread().isInterrupted()) {
                    return;
                }
                serveHandover();
                serveTick();
                Message next;
                synchronized (lock) {
                    next = next();
                    if (next == null && requested == null && tickToMs == Long.MIN_VALUE) {
                        inLine = false;
                        return;
                    }
                }
                if (next != null) {
                    process(next);
                }
            }
            enqueue();
        } catch (Throwable broken) {
            failure = broken;
            failWaiting();
            System.getLogger(PartitionRunner.class.getName())
                    .log(
                            System.Logger.Level.ERROR,
                            "a partition has failed and stands still",
                            broken);
        }
    }

    /** Null while there is nothing to do but to wait. */
    private @Nullable Message next() {
        if (full) {
            return null;
        }
        if (unanswered == null) {
            Message polled = mailbox.poll();
            historyInMailbox -= polled != null && polled.isHistory() ? 1 : 0;
            controlsInMailbox -= polled != null && polled.isControl() ? 1 : 0;
            return polled;
        }
        return unanswered.answers().areThere() ? unanswered.work() : null;
    }

    /** Whether the record can be processed; if not, the answers that it lacks are on their way. */
    private boolean isAnswered(Message.Work work) {
        if (unanswered != null) {
            unanswered.answers().provideTo(task::provide);
        }
        List<Wanted> wanted = task.wanted(work.record());
        AwaitedAnswers asked = wanted.isEmpty() ? null : new AwaitedAnswers(wanted);
        synchronized (lock) {
            unanswered = asked == null ? null : new Unanswered(work, asked);
        }
        if (asked != null) {
            asked.whenThere(this::goOn);
        }
        return asked == null;
    }

    private void goOn() {
        synchronized (lock) {
            standInLine();
        }
    }

    private void process(Message message) {
        switch (message) {
            case Message.Work work -> {
                if (!isAnswered(work)) {
                    return;
                }
                long liveBefore = task.liveEvents();
                task.process(work.record());
                mayBlock = task.mayBlock();
                full = task.uncommittedBytes() > uncommittedBytesMax;
                watermarkMs = task.watermarkMs();
                if (!(work.record() instanceof TaskRecord.Tick)) {
                    dirty = true;
                }
                if (work.record() instanceof TaskRecord.Events events) {
                    if (task.liveEvents() > liveBefore) {
                        lastEventNanos = clock.nanos();
                    }
                    noteReceipt(events.batch().receivedAtMs(), work.events());
                    drained.add(work.events());
                    waitingEvents.addAndGet(-work.events());
                }
                BatchShare share = work.share();
                if (share != null) {
                    share.leave(work.events());
                }
            }
            case Message.Barrier barrier -> barrier.newestMs().complete(task.newestMs());
        }
    }

    private void noteReceipt(long receivedAtMs, int events) {
        if (receiptLongs >= 2 && receipts[receiptLongs - 2] == receivedAtMs) {
            receipts[receiptLongs - 1] += events;
            return;
        }
        if (receiptLongs == receipts.length) {
            receipts = Arrays.copyOf(receipts, 2 * receiptLongs);
        }
        receipts[receiptLongs++] = receivedAtMs;
        receipts[receiptLongs++] = events;
    }

    private void serveHandover() {
        CompletableFuture<Part> asked;
        synchronized (lock) {
            asked = requested;
            requested = null;
            if (asked != null && mailbox.isEmpty() && unanswered == null) {
                // Whatever was delivered up to here and is not in the mailbox did not concern this
                // partition.
                task.passOver(publishedOffset.getAsLong());
            }
        }
        if (asked != null) {
            dirty = false;
            dedupeHoldsMs = task.dedupeHoldsMs();
            stageCounts = task.stageCounts();
            long[] taken = Arrays.copyOf(receipts, receiptLongs);
            receiptLongs = 0;
            try {
                Part part = new Part(task.handOver(), taken);
                full = false;
                asked.complete(part);
            } catch (Throwable broken) {
                asked.completeExceptionally(broken);
                throw broken;
            }
        }
    }

    private void serveTick() {
        long toMs;
        synchronized (lock) {
            toMs = tickToMs;
            tickToMs = Long.MIN_VALUE;
        }
        if (toMs != Long.MIN_VALUE) {
            task.process(new TaskRecord.Tick(toMs));
            watermarkMs = task.watermarkMs();
        }
    }

    private void failIfFailed(CompletableFuture<?> waiting) {
        Throwable cause = failure;
        if (cause != null) {
            waiting.completeExceptionally(cause);
        }
    }

    private void failWaiting() {
        synchronized (lock) {
            if (requested != null) {
                failIfFailed(requested);
            }
            for (Message message : mailbox) {
                if (message instanceof Message.Barrier barrier) {
                    failIfFailed(barrier.newestMs());
                }
            }
        }
    }

    /** Whether it has processed records since the last handover. */
    boolean isDirty() {
        return dirty;
    }

    /** Whether what its records came to since the last handover is so much that it waits. */
    boolean isFull() {
        return full;
    }

    /** Whether it took no live event for so long, and has nothing but history waiting. */
    boolean isIdle(long nowNanos, long afterNanos) {
        synchronized (lock) {
            return hasOnlyHistory() && nowNanos - lastEventNanos >= afterNanos;
        }
    }

    /** As of the last processed record; {@link Long#MIN_VALUE} before the first event. */
    long watermarkMs() {
        return watermarkMs;
    }

    long dedupeHoldsMs() {
        return dedupeHoldsMs;
    }

    /** As of the last handover. */
    List<StageCount> stageCounts() {
        return stageCounts;
    }

    /** The stage whose answers it waits for; empty while it works. */
    Optional<String> awaitedStage() {
        synchronized (lock) {
            return Optional.ofNullable(unanswered)
                    .filter(one -> !one.answers().areThere())
                    .map(one -> one.answers().stage());
        }
    }

    /** Takes no more turns after the one it is in; what waits for it fails. */
    void stop(Throwable reason) {
        failure = reason;
        failWaiting();
    }

    /** Whether so many replays, deletions and advances wait that there is no room for more. */
    boolean hasManyControls() {
        synchronized (lock) {
            return controlsInMailbox >= CONTROLS;
        }
    }

    /** Events in the mailbox, and those that wait for answers. */
    long waitingEvents() {
        return waitingEvents.get();
    }

    StageClock stageClock() {
        return stageClock;
    }

    /** Why it stands still; null while it runs. */
    @Nullable Throwable failure() {
        return failure;
    }
}
