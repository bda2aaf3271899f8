package dev.millrace.engine;

import dev.millrace.core.aggregate.Aggregation;
import dev.millrace.core.journal.JournalCodec;
import dev.millrace.core.journal.JournalRecord;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.task.Backfill;
import dev.millrace.core.task.BackfillPart;
import dev.millrace.core.task.BackfillTask;
import dev.millrace.core.task.Checkpoint;
import dev.millrace.core.task.Handover;
import dev.millrace.core.task.PipelineProgram;
import dev.millrace.core.task.Wanted;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * Runs the backfill of one pipeline, if there is one, on a thread of its own, which rests while
 * live events wait, so that they keep their pace. Between two commits it takes a bounded number of
 * events. Safe for use by many threads.
 *
 * <p>A backfill is announced with the change that asks for it, at its place in the journal; it
 * begins once a commit shows all partitions behind that, and ends with the commit that holds the
 * last of it. While there is one, nothing is replayed, since whether a letter's event counts is
 * being found out, and the journal is kept from where it began.
 */
final class BackfillRunner {
    /** Events taken at most between two commits, but for the last record's. */
    static final int EVENTS_A_COMMIT = 200_000;

    /** Bytes of records read ahead, but for the last. */
    private static final long READ_BYTES = 4L << 20;

    /** A rest is so many times the work before it while the queue is full. */
    private static final long RESTS_MAX = 8;

    private static final long HANDOVER_WAITS_MS = 50;
    private static final System.Logger LOG = System.getLogger(BackfillRunner.class.getName());

    private final PipelineStore store;
    private final QueueDepth depth;
    private final Map<Integer, PipelineProgram> programs = new ConcurrentHashMap<>();

    /** Guards the task; fair, so that a commit is not kept from its turn. */
    private final ReentrantLock turn = new ReentrantLock(true);

    private final Condition handedOver = turn.newCondition();
    private @Nullable BackfillTask task;
    private long eventsHandedOver;
    private boolean ends;

    private volatile @Nullable Backfill state;
    private volatile @Nullable Thread thread;
    private volatile @Nullable Checkpoint newest;
    private volatile long reached;
    private volatile long events;
    private volatile OptionalLong reserved = OptionalLong.empty();
    private volatile boolean unseen;
    private volatile boolean stopped;
    private volatile Optional<String> failure = Optional.empty();

    BackfillRunner(PipelineStore store, QueueDepth depth) {
        this.store = store;
        this.depth = depth;
    }

    /** Takes up one that is to begin, or that a commit left off. */
    synchronized void announce(Backfill backfill, PipelineProgram program) {
        programs.put(backfill.version(), program);
        reached = backfill.startOffset();
        failure = Optional.empty();
        state = backfill;
        reserved = OptionalLong.empty();
    }

    /** Whether there is one, begun or not. */
    boolean isUnderWay() {
        return state != null;
    }

    /** Keeps the journal from {@code offset} on for a backfill that is about to be announced. */
    synchronized void reserve(long offset) {
        reserved = OptionalLong.of(offset);
    }

    /** What was reserved is not needed. */
    void release() {
        reserved = OptionalLong.empty();
    }

    /** As {@link PipelineStore#trimJournal}, but for what a backfill needs. */
    synchronized void trim(long below, long notBeforeMs, long maxBytes) {
        store.trimJournal(Math.min(below, neededFrom()), notBeforeMs, maxBytes);
    }

    private long neededFrom() {
        // Reserved first: an announcement sets the state before it lets go of what was reserved.
        long kept = reserved.orElse(Long.MAX_VALUE);
        Backfill one = state;
        return one == null ? kept : Math.min(kept, one.startOffset());
    }

    /** Whether there is something for the next commit. */
    boolean isDirty() {
        return unseen;
    }

    Optional<BackfillProgress> progress() {
        Backfill one = state;
        PipelineProgram program = one == null ? null : programs.get(one.version());
        if (one == null || program == null) {
            return Optional.empty();
        }
        return Optional.of(
                new BackfillProgress(
                        one.version(),
                        names(one, program),
                        one.fromMs(),
                        one.startOffset(),
                        Math.max(reached, one.position()),
                        one.endOffset(),
                        events,
                        failure));
    }

    private static Set<String> names(Backfill backfill, PipelineProgram program) {
        return program.aggregations().stream()
                .filter(one -> backfill.aggregates().contains(one.number()))
                .map(Aggregation::name)
                .collect(Collectors.toSet());
    }

    /** Its part of a commit; one commit at a time. */
    BackfillPart handOver(List<Handover> beside) {
        Backfill one = state;
        if (one == null) {
            return BackfillPart.NONE;
        }
        if (!tryTurn()) {
            return BackfillPart.of(Optional.of(one));
        }
        try {
            if (task == null) {
                return BackfillPart.of(Optional.of(one));
            }
            BackfillPart part = task.handOver(beside);
            eventsHandedOver = task.eventsTaken();
            unseen = false;
            ends = part.state().isEmpty();
            handedOver.signalAll();
            return part;
        } finally {
            turn.unlock();
        }
    }

    /** A handler that blocks must not hold up a commit. */
    private boolean tryTurn() {
        try {
            return turn.tryLock(HANDOVER_WAITS_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Goes on from a commit: begins what can begin, and ends what is done. */
    void committed(Checkpoint checkpoint) {
        newest = checkpoint;
        Backfill one = state;
        if (one == null) {
            return;
        }
        if (ends) {
            end(one);
            return;
        }
        checkpoint
                .backfill()
                .filter(kept -> kept.version() == one.version())
                .ifPresent(kept -> {
                    state = kept;
                });
        boolean isBehind =
                checkpoint.partitions().stream()
                        .allMatch(partition -> partition.endOffset() > one.endOffset());
        if (thread == null && isBehind && !stopped) {
            Thread begins =
                    Thread.ofPlatform()
                            .name("millrace-backfill-" + store.pipeline())
                            .unstarted(this::run);
            thread = begins;
            begins.start();
        }
    }

    private void end(Backfill one) {
        long through = events;
        turn.lock();
        try {
            task = null;
            ends = false;
        } finally {
            turn.unlock();
        }
        Thread runs = thread;
        if (runs != null) {
            runs.interrupt();
        }
        synchronized (this) {
            // As one, since the next may be announced as soon as this one is seen to be gone.
            programs.remove(one.version());
            thread = null;
            state = null;
        }
        LOG.log(
                System.Logger.Level.INFO,
                "the backfill of version {0} of pipeline {1} has ended after {2} events",
                one.version(),
                store.pipeline(),
                through);
    }

    private void run() {
        try {
            BackfillTask begun = begin();
            while (!begun.isThrough() && isRunning()) {
                for (Loaded record : read(begun)) {
                    take(begun, record);
                }
            }
        } catch (InterruptedException ended) {
            // Dropped, or the server stops: what is not committed is gone through again.
        } catch (RuntimeException | Error broken) {
            if (isRunning()) {
                failure = Optional.of(String.valueOf(broken.getMessage()));
                LOG.log(
                        System.Logger.Level.ERROR,
                        "the backfill of pipeline "
                                + store.pipeline()
                                + " stands still until the server is started again",
                        broken);
            }
        }
    }

    private boolean isRunning() {
        return !stopped && thread == Thread.currentThread();
    }

    private BackfillTask begin() throws InterruptedException {
        Backfill one = state;
        Checkpoint checkpoint = newest;
        PipelineProgram program = one == null ? null : programs.get(one.version());
        if (one == null || checkpoint == null || program == null) {
            throw new InterruptedException("it has ended");
        }
        LOG.log(
                System.Logger.Level.INFO,
                "the backfill of {0} for version {1} of pipeline {2} begins, from offset {3} to {4}",
                names(one, program),
                one.version(),
                store.pipeline(),
                one.startOffset(),
                one.endOffset());
        BackfillTask begun = new BackfillTask(program, one, checkpoint, store, store::readJournal);
        turn.lock();
        try {
            task = begun;
            eventsHandedOver = 0;
            events = 0;
            unseen = true;
        } finally {
            turn.unlock();
        }
        return begun;
    }

    private record Loaded(long offset, JournalRecord record) {}

    private List<Loaded> read(BackfillTask of) {
        List<Loaded> records = new ArrayList<>();
        long[] bytes = new long[1];
        long endOffset = of.backfill().endOffset();
        store.readJournal(
                of.nextOffset(),
                (offset, record) -> {
                    if (offset >= endOffset) {
                        return false;
                    }
                    records.add(new Loaded(offset, JournalCodec.decode(offset, record)));
                    bytes[0] += JournalCodec.decodedBytes(record);
                    return bytes[0] < READ_BYTES;
                });
        if (records.isEmpty()) {
            throw new IllegalStateException(
                    "the journal ends at %d, and not at %d".formatted(of.nextOffset(), endOffset));
        }
        return records;
    }

    private void take(BackfillTask by, Loaded next) throws InterruptedException {
        awaitRoom(by);
        long beganNanos = System.nanoTime();
        locked(() -> {
            Checkpoint committed = newest;
            if (committed != null) {
                by.follow(committed);
            }
            by.begin(next.offset(), next.record());
        });
        while (by.isBusy()) {
            answer(by);
            locked(by::step);
        }
        reached = by.nextOffset();
        events = by.eventsTaken();
        unseen = true;
        rest(System.nanoTime() - beganNanos);
    }

    private void locked(Runnable work) throws InterruptedException {
        turn.lockInterruptibly();
        try {
            work.run();
        } finally {
            turn.unlock();
        }
    }

    /** Waits for a commit where much was taken since the last. */
    private void awaitRoom(BackfillTask by) throws InterruptedException {
        turn.lockInterruptibly();
        try {
            while (isRunning() && by.eventsTaken() - eventsHandedOver >= EVENTS_A_COMMIT) {
                handedOver.await();
            }
            if (!isRunning()) {
                throw new InterruptedException("it has ended");
            }
        } finally {
            turn.unlock();
        }
    }

    /** Fetches what the next step needs, and lets commits pass meanwhile. */
    private void answer(BackfillTask by) throws InterruptedException {
        List<List<Wanted>> wanted = new ArrayList<>(1);
        locked(() -> wanted.add(by.wanted()));
        while (!wanted.getLast().isEmpty()) {
            AwaitedAnswers answers = new AwaitedAnswers(wanted.getLast());
            answers.await();
            locked(() -> {
                answers.provideTo(by::provide);
                wanted.add(by.wanted());
            });
        }
    }

    /** The fuller the queue of live events, the longer. */
    private void rest(long workedNanos) throws InterruptedException {
        long waiting = depth.events();
        if (waiting > 0) {
            long rests = 1 + Math.min(RESTS_MAX, waiting / 1_000);
            LockSupport.parkNanos(workedNanos * rests);
        }
        if (Thread.interrupted()) {
            throw new InterruptedException("it has ended");
        }
    }

    /** Does nothing more. What is not committed is gone through again after the next start. */
    void stop(Duration patience) {
        stopped = true;
        Thread runs = thread;
        if (runs != null) {
            runs.interrupt();
            try {
                boolean _ = runs.join(patience);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
