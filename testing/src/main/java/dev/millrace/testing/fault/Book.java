package dev.millrace.testing.fault;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * What the clients know of every event that they ever sent, kept beside the server and never told
 * to it. Events are numbered from 0 and sent in batches of successive numbers; a batch is sent
 * again as the same batch. Safe for use by many threads.
 */
public final class Book {
    private static final int BATCH_MAX = 20;

    private final TreeMap<Long, Entry> entries = new TreeMap<>();
    private final List<Batch> acknowledged = new ArrayList<>();
    private long next;

    /** Events {@code first} to {@code first + size - 1}. */
    public record Batch(long first, int size) {}

    /** What is known of a batch. */
    public enum State {
        /** Every answer was that nothing was written, or it could not be sent at all. */
        REFUSED,
        /** It was sent, and no answer says what became of it. */
        UNKNOWN,
        /** Answered with 202. */
        ACKNOWLEDGED
    }

    private static final class Entry {
        private final Batch batch;
        private State state = State.REFUSED;

        private Entry(Batch batch) {
            this.batch = batch;
        }
    }

    /**
     * @param acknowledged events, as all of these
     * @param sent all events
     */
    public record Counts(long acknowledged, long refused, long unknown, long sent) {}

    /** Opens a batch of a size to be drawn. */
    Batch write(Random random) {
        return write(1 + random.nextInt(BATCH_MAX));
    }

    synchronized Batch write(int size) {
        Batch batch = new Batch(next, size);
        next += size;
        entries.put(batch.first(), new Entry(batch));
        return batch;
    }

    /** It is about to be sent: from here on nobody knows, until an answer comes. Says what was. */
    synchronized State send(Batch batch) {
        Entry entry = entry(batch);
        State before = entry.state;
        if (before == State.REFUSED) {
            entry.state = State.UNKNOWN;
        }
        return before;
    }

    synchronized void acknowledge(Batch batch) {
        Entry entry = entry(batch);
        if (entry.state != State.ACKNOWLEDGED) {
            entry.state = State.ACKNOWLEDGED;
            acknowledged.add(batch);
        }
    }

    /** The answer says that this time nothing was written: what is known is what was before. */
    synchronized void refuse(Batch batch, State before) {
        Entry entry = entry(batch);
        if (entry.state != State.ACKNOWLEDGED) {
            entry.state = before;
        }
    }

    private Entry entry(Batch batch) {
        Entry entry = entries.get(batch.first());
        if (entry == null) {
            throw new IllegalArgumentException("not in the book: " + batch);
        }
        return entry;
    }

    synchronized State state(Batch batch) {
        return entry(batch).state;
    }

    /** Those that are not acknowledged, in order. */
    synchronized List<Batch> open() {
        return entries.values().stream()
                .filter(entry -> entry.state != State.ACKNOWLEDGED)
                .map(entry -> entry.batch)
                .toList();
    }

    /** One that was acknowledged, to be sent again as a duplicate; one of the newer ones. */
    synchronized Optional<Batch> acknowledged(Random random) {
        int newest = acknowledged.size();
        return newest == 0
                ? Optional.empty()
                : Optional.of(
                        acknowledged.get(newest - 1 - random.nextInt(Math.min(newest, 1_000))));
    }

    /** All batches in the order in which they were first sent. */
    synchronized List<Batch> batches() {
        return entries.values().stream().map(entry -> entry.batch).toList();
    }

    public synchronized Counts counts() {
        Map<State, Long> events = new EnumMap<>(State.class);
        entries.values()
                .forEach(entry -> events.merge(entry.state, (long) entry.batch.size(), Long::sum));
        return new Counts(
                events.getOrDefault(State.ACKNOWLEDGED, 0L),
                events.getOrDefault(State.REFUSED, 0L),
                events.getOrDefault(State.UNKNOWN, 0L),
                next);
    }
}
