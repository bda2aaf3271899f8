package dev.millrace.engine;

import dev.millrace.core.port.StorageException;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One replay as its notes say it stands. What is not durable yet is not seen here. Safe for use by
 * many threads.
 */
final class ReplayJob {
    private final String id;
    private final ReplayAsked asked;
    private ReplaySent sent;
    private ReplaySettled settled;
    private boolean stopped;
    private String held = "";
    private @Nullable StorageException failure;

    /** One that goes on from its notes. */
    ReplayJob(
            String id, ReplayAsked asked, ReplaySent sent, ReplaySettled settled, boolean stopped) {
        this.id = id;
        this.asked = asked;
        this.sent = sent;
        this.settled = settled;
        this.stopped = stopped;
    }

    String id() {
        return id;
    }

    ReplayAsked asked() {
        return asked;
    }

    synchronized ReplaySent sent() {
        return sent;
    }

    synchronized ReplaySettled settled() {
        return settled;
    }

    synchronized void sent(ReplaySent now) {
        sent = now;
        notifyAll();
    }

    synchronized void settled(ReplaySettled now) {
        settled = now;
        notifyAll();
    }

    /** Takes no more letters; those that are taken come to their outcomes. */
    synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    /**
     * @param reason why it takes no letters at the moment; empty if it does
     */
    synchronized void hold(String reason) {
        held = reason;
    }

    /** It cannot go on before a restart. */
    synchronized void fail(StorageException reason) {
        failure = reason;
        notifyAll();
    }

    /** How many more outcomes are to be kept one by one. */
    synchronized int listable() {
        return Math.max(0, ReplayBook.OUTCOMES - sent.settled().listed() - settled.listed());
    }

    /** Whether it sends nothing more. */
    synchronized boolean isAllSent() {
        return (sent.complete() || stopped) && sent.pending().isEmpty();
    }

    synchronized boolean isStopped() {
        return stopped;
    }

    synchronized boolean isDone() {
        return isAllSent() && lettersSettled() == sent.taken();
    }

    /** Whether nothing of it is under way but what waits for sinks. */
    synchronized boolean waitsForSinksAlone() {
        long others = sent.settled().ofOthers() + settled.ofOthers();
        return sent.pending().isEmpty() && others == sent.taken() - sent.toSinks();
    }

    private long lettersSettled() {
        return sent.settled().letters() + settled.letters();
    }

    /** Letters taken that have their outcomes. */
    synchronized long settledLetters() {
        return lettersSettled();
    }

    /** Waits until something changes, but not longer than that. */
    synchronized void await(long nanos) throws InterruptedException {
        TimeUnit.NANOSECONDS.timedWait(this, nanos);
    }

    /**
     * Waits until it is done, but not longer than {@code nanos}.
     *
     * @throws StorageException if it cannot go on
     */
    synchronized void awaitDone(long nanos) throws InterruptedException {
        long until = System.nanoTime() + nanos;
        long left = nanos;
        while (!isDone() && left > 0) {
            if (failure != null) {
                throw failure;
            }
            await(left);
            left = until - System.nanoTime();
        }
    }

    synchronized ReplayReport report(List<ReplayReport.Outcome> outcomes) {
        long known = lettersSettled();
        long shown = Math.min(outcomes.size(), Math.min(known, ReplayBook.OUTCOMES));
        boolean done = isDone();
        long total = done && !stopped ? known : Math.max(sent.total().orElse(0), sent.taken());
        return new ReplayReport(
                id,
                asked.startedAtMs(),
                done,
                sent.settled().replayed() + settled.replayed(),
                sent.settled().failed() + settled.failed(),
                Math.max(0, total - known),
                stopped,
                held.isEmpty() || done ? Optional.empty() : Optional.of(held),
                false,
                outcomes.subList(0, (int) shown));
    }
}
