package dev.millrace.connect.lookup;

import dev.millrace.connect.lookup.Attempt.Answered;
import dev.millrace.connect.lookup.Attempt.Unavailable;
import dev.millrace.connect.lookup.LookupStatus.State;
import dev.millrace.core.lookup.Answer;
import dev.millrace.core.pipeline.Stage;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Looks up in a source that is asked over a network: remembers answers, asks for a key once however
 * many want it, for a bounded number of keys at a time, and again if the source did not answer.
 *
 * <p>If it did not answer for {@value Breaker#FAILURES_MAX} keys in a row, it counts as away: from
 * then on keys wait instead of failing. One of them is tried now and then, and as soon as the
 * source answers again, all of them go on.
 *
 * <p>Safe for use by many threads. Asking happens on threads of the timer, the lock is never held
 * meanwhile.
 */
public final class RemoteLookup implements SourceLookup {
    private static final Logger LOG = Logger.getLogger(RemoteLookup.class.getName());

    private final String stage;
    private final Stage.Retry retry;
    private final Fetcher fetcher;
    private final Timer timer;
    private final AnswerCache cache;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    // Guarded by this.
    private final Map<Object, CompletableFuture<Answer>> wanted = new HashMap<>();

    /** Keys of {@link #wanted} that nobody asks for at the moment, in the order of their turn. */
    private final Deque<Object> queue = new ArrayDeque<>();

    private final Breaker breaker = new Breaker();
    private boolean probing;
    private int asking;
    private long sinceMs;
    private @Nullable String lastError;

    public RemoteLookup(Stage.Enrich stage, Fetcher fetcher, Timer timer) {
        this.stage = stage.name();
        this.retry = stage.retry();
        this.fetcher = fetcher;
        this.timer = timer;
        this.cache = new AnswerCache(stage.cache(), timer);
        this.sinceMs = timer.millis();
    }

    @Override
    public @Nullable Answer known(Object key) {
        Answer answer = cache.get(key);
        if (answer != null) {
            hits.increment();
        }
        return answer;
    }

    @Override
    public synchronized CompletionStage<Answer> fetch(Object key) {
        misses.increment();
        CompletableFuture<Answer> already = wanted.get(key);
        if (already != null) {
            return already;
        }
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        wanted.put(key, answer);
        queue.addLast(key);
        askNext();
        return answer;
    }

    /** Guarded by this. */
    private void askNext() {
        while (!breaker.isOpen() && asking < fetcher.concurrency() && !queue.isEmpty()) {
            asking++;
            Object key = queue.removeFirst();
            timer.start(() -> ask(key, 1));
        }
    }

    private void ask(Object key, int attempt) {
        switch (once(key)) {
            case null -> {}
            case Answered answered -> answered(key, answered.answer());
            case Unavailable _ when attempt < retry.attempts() ->
                    timer.startAfter(
                            retry.backoff().multipliedBy(attempt), () -> ask(key, attempt + 1));
            case Unavailable unavailable -> unavailable(key, unavailable);
        }
    }

    /** Null if this was closed meanwhile. */
    private @Nullable Attempt once(Object key) {
        try {
            return fetcher.fetch(key);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } catch (RuntimeException e) {
            // Not the message: it may hold a URL with its secrets.
            String what = "the lookup failed by " + e.getClass().getSimpleName();
            LOG.log(Level.WARNING, e, () -> "stage %s: %s".formatted(stage, what));
            return new Answered(new Answer.Failed("lookup-failed", what));
        }
    }

    private void answered(Object key, Answer answer) {
        cache.put(key, answer);
        CompletableFuture<Answer> future;
        synchronized (this) {
            asking--;
            future = wanted.remove(key);
            lastError = answer instanceof Answer.Failed failed ? failed.message() : null;
            if (breaker.answered()) {
                sinceMs = timer.millis();
                LOG.info(() -> "stage %s goes on: its source answers again".formatted(stage));
            }
            askNext();
        }
        complete(future, answer);
    }

    private void unavailable(Object key, Unavailable unavailable) {
        CompletableFuture<Answer> future = null;
        synchronized (this) {
            asking--;
            lastError = unavailable.message();
            if (breaker.failed()) {
                sinceMs = timer.millis();
                LOG.warning(() -> "stage %s waits: %s".formatted(stage, unavailable.message()));
                startProbe();
            }
            if (breaker.isOpen()) {
                queue.addLast(key);
            } else {
                future = wanted.remove(key);
                askNext();
            }
        }
        complete(future, new Answer.Failed(unavailable.code(), unavailable.message()));
    }

    /** Guarded by this. One that waits since the source was away before will do. */
    private void startProbe() {
        if (!probing) {
            probing = true;
            timer.startAfter(breaker.nextPause(), this::probe);
        }
    }

    /**
     * Asks once for the key whose turn it is. One that fails goes to the end, so that a key for
     * which alone the source fails does not hold up the others.
     */
    private void probe() {
        Object key;
        synchronized (this) {
            probing = false;
            if (!breaker.isOpen()) {
                return;
            }
            asking++;
            key = queue.removeFirst();
        }
        switch (once(key)) {
            case null -> {}
            case Answered answered -> answered(key, answered.answer());
            case Unavailable unavailable -> {
                synchronized (this) {
                    asking--;
                    lastError = unavailable.message();
                    queue.addLast(key);
                    if (breaker.isOpen()) {
                        startProbe();
                    } else {
                        askNext();
                    }
                }
            }
        }
    }

    /** Outside of the lock, since what depends on the answer runs here. */
    private static void complete(@Nullable CompletableFuture<Answer> future, Answer answer) {
        if (future != null) {
            future.complete(answer);
        }
    }

    @Override
    public synchronized LookupStatus status() {
        return new LookupStatus(
                stage,
                breaker.isOpen() ? State.OPEN : State.CLOSED,
                sinceMs,
                wanted.size(),
                Optional.ofNullable(lastError),
                hits.sum(),
                misses.sum());
    }

    @Override
    public void close() {
        fetcher.close();
    }
}
