package dev.millrace.engine;

import dev.millrace.core.letter.LetterChange;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.port.OutboxChange;
import dev.millrace.core.task.LetterOutcome;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/**
 * Where the outbox of one sink begins and ends, and how far the sink is. The commits append; the
 * sink's worker settles what it has delivered, which the next commit makes durable. Safe for use by
 * many threads.
 */
final class SinkQueue {
    private final String sink;
    private final long endAtOpen;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private SinkState state;
    private long budgetBytes;

    /** Letters whose items wait here, or are about to, and the replays that sent them. */
    private final Map<LetterId, String> claims = new HashMap<>();

    private List<OutboxChange> trims = new ArrayList<>();
    private List<LetterChange> letters = new ArrayList<>();
    private List<LetterOutcome> outcomes = new ArrayList<>();
    private boolean dirty;
    private boolean removed;
    private long changes;

    /**
     * What a commit writes of it besides what is put out.
     *
     * @param dirty whether its state changed otherwise than by what is put out
     * @param trims may be empty
     */
    record Part(
            SinkState state,
            boolean dirty,
            List<OutboxChange> trims,
            List<LetterChange> letters,
            List<LetterOutcome> outcomes) {}

    /**
     * @param claimed letters whose items wait, and the replays that sent them
     */
    SinkQueue(String sink, SinkState state, Map<LetterId, String> claimed) {
        this.sink = sink;
        this.state = state;
        this.endAtOpen = state.stopped().map(SinkState.Stopped::upTo).orElse(state.end());
        this.budgetBytes = Long.MAX_VALUE;
        this.claims.putAll(claimed);
    }

    String sink() {
        return sink;
    }

    /**
     * What an earlier process can have delivered at most: an entry is durable before it is read. A
     * system that is further heard that from somebody else.
     */
    long endAtOpen() {
        return endAtOpen;
    }

    SinkState state() {
        lock.lock();
        try {
            return state;
        } finally {
            lock.unlock();
        }
    }

    void budget(long bytes) {
        lock.lock();
        try {
            budgetBytes = bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Whether what waits has used up the budget. */
    boolean isFull() {
        lock.lock();
        try {
            return state.lagBytes() >= budgetBytes;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes that must be delivered before there is room again. */
    long excessBytes() {
        lock.lock();
        try {
            return Math.max(0, state.lagBytes() - budgetBytes);
        } finally {
            lock.unlock();
        }
    }

    /** Whether a commit has something to write of it. */
    boolean isDirty() {
        lock.lock();
        try {
            return dirty;
        } finally {
            lock.unlock();
        }
    }

    /** Takes for a commit what has been settled since the last one. One commit at a time. */
    Part take() {
        lock.lock();
        try {
            Part part = new Part(state, dirty, trims, letters, outcomes);
            trims = new ArrayList<>();
            letters = new ArrayList<>();
            outcomes = new ArrayList<>();
            dirty = false;
            return part;
        } finally {
            lock.unlock();
        }
    }

    /**
     * As {@link #take}, for the last time: what waits goes, and what replays sent of it has failed.
     * From now on its worker settles nothing.
     */
    Part remove() {
        lock.lock();
        try {
            removed = true;
            Set<LetterId> known = new HashSet<>();
            outcomes.forEach(outcome -> known.add(outcome.letter()));
            claims.forEach((letter, replay) -> {
                if (known.add(letter)) {
                    outcomes.add(
                            new LetterOutcome(
                                    replay,
                                    letter,
                                    LetterOutcome.Result.FAILED,
                                    "the sink was removed before it could take this"));
                }
            });
            claims.clear();
            trims = new ArrayList<>();
            state = state.emptied();
            changes++;
            changed.signalAll();
            return take();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Has a letter belong to one replay until its outcome is durable: what two of them sent would
     * be there twice.
     *
     * @return the replay that has it already; empty if it is this one's now
     */
    Optional<String> claim(LetterId letter, String replay) {
        lock.lock();
        try {
            return Optional.ofNullable(claims.putIfAbsent(letter, replay));
        } finally {
            lock.unlock();
        }
    }

    /** After a commit that has written those outcomes, or where a letter was not sent after all. */
    void release(Collection<LetterId> settled) {
        lock.lock();
        try {
            settled.forEach(claims::remove);
        } finally {
            lock.unlock();
        }
    }

    /** Letters on their way to it. */
    int claims() {
        lock.lock();
        try {
            return claims.size();
        } finally {
            lock.unlock();
        }
    }

    /** A commit has put out an entry, and is on disk. */
    void putOut(OutboxEntry entry) {
        lock.lock();
        try {
            state = state.longer(entry);
            changes++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Entries below go with the next commit: the cursor is past them. */
    void trim(long below) {
        change(before -> {
            trims.add(new OutboxChange.Trim(sink, before.outbox().trimmed(), below));
            return before.trimmedTo(below);
        });
    }

    /**
     * The sink has all below {@code cursor}.
     *
     * @param cursorBytes put out before that
     */
    void settle(long cursor, long cursorBytes, SinkLetters.Changes settled) {
        change(before -> {
            letters.addAll(settled.letters());
            outcomes.addAll(settled.outcomes());
            return before.at(cursor, cursorBytes);
        });
    }

    /** Has the next commit write letters of items that are refused, while the cursor stays. */
    void setAside(Collection<Long> positions, List<LetterChange> refused) {
        change(before -> {
            letters.addAll(refused);
            return before.setAside(positions);
        });
    }

    void pause(boolean paused) {
        change(before -> before.paused(paused));
    }

    void tell(SinkCommand command) {
        change(before -> before.told(command));
    }

    /**
     * Its cursor is the system's.
     *
     * @param done the command that came to this, if it had one; what it was told since is not done
     */
    void agreed(Optional<SinkCommand> done) {
        if (state().command().isPresent() || state().stopped().isPresent()) {
            change(before -> withToldSince(done, before, before.agreed()));
        }
    }

    /**
     * Its system's cursor is not ours.
     *
     * @param done as in {@link #agreed}
     */
    void stop(Optional<SinkCommand> done, SinkState.Stopped reason) {
        change(before -> withToldSince(done, before, before.stoppedBy(reason)));
    }

    private static SinkState withToldSince(
            Optional<SinkCommand> done, SinkState before, SinkState after) {
        return before.command().equals(done)
                ? after
                : before.command().map(after::told).orElse(after);
    }

    private void change(UnaryOperator<SinkState> to) {
        lock.lock();
        try {
            if (removed) {
                return;
            }
            state = to.apply(state);
            dirty = true;
            changes++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Wakes whoever waits. */
    void signal() {
        lock.lock();
        try {
            changes++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How often something has changed: what is looked at after that is no older. */
    long changes() {
        lock.lock();
        try {
            return changes;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until something has changed since, but not longer than that. */
    void awaitChange(long since, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (changes == since && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
