package dev.millrace.connect.lookup;

import dev.millrace.connect.lookup.Attempt.Answered;
import dev.millrace.connect.lookup.Attempt.Erred;
import dev.millrace.connect.lookup.Attempt.Unanswered;
import dev.millrace.connect.lookup.Attempt.Unavailable;
import dev.millrace.connect.lookup.LookupStatus.State;
import dev.millrace.core.Bound;
import dev.millrace.core.lookup.Answer;
import dev.millrace.core.pipeline.Stage;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
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
 * source answers again, all of them go on. A key over which the source errs, though it is there,
 * fails after {@value #PROBES_MAX} such trials, lest it hold up its partition for ever.
 *
 * <p>Safe for use by many threads. Asking happens on threads of the timer, the lock is never held
 * meanwhile.
 */
public final class RemoteLookup implements SourceLookup {
    private static final Logger LOG = Logger.getLogger(RemoteLookup.class.getName());

    /** Trials of one key that the source met with an error, after which the key has failed. */
    static final int PROBES_MAX = 5;

    private final String stage;
    private final Stage.Retry retry;
    private final Fetcher fetcher;
    private final Timer timer;
    private final AnswerCache cache;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    // Guarded by this.
    private final Map<Object, Wanted> wanted = new HashMap<>();

    /** Keys of {@link #wanted} that nobody asks for at the moment, in the order of their turn. */
    private final Deque<Object> queue = new ArrayDeque<>();

    private final Breaker breaker = new Breaker();

    /** From when a probe is planned to when its outcome is known. */
    private boolean probing;

    private int asking;
    private long sinceMs;
    private @Nullable String lastError;
    private boolean superseded;

    /** A key that somebody waits for. */
    private static final class Wanted {
        final CompletableFuture<Answer> answer = new CompletableFuture<>();

        /** Probes with this key that the source met with an error. */
        int erred;
    }

    public RemoteLookup(Stage.Enrich stage, Fetcher fetcher, Timer timer) {
        this.stage = stage.name();
        this.retry = stage.retry();
        this.fetcher = fetcher;
        this.timer = timer;
        this.cache = new AnswerCache(stage.cache(), timer);
        this.sinceMs = timer.millis();
    }

    /** For operators. */
    public static List<Bound> bounds() {
        return List.of(
                new Bound(
                        "lookup.cachedAnswerBytes",
                        AnswerCache.ENTRY_BYTES,
                        "bytes",
                        "an answer of a lookup's cache; a larger one takes the place of several"),
                new Bound(
                        "lookup.probes",
                        PROBES_MAX,
                        "attempts",
                        "trials of a key over which a source errs, after which its event is a dead"
                                + " letter"));
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
        if (superseded && breaker.isOpen()) {
            return CompletableFuture.completedFuture(SUPERSEDED);
        }
        Wanted already = wanted.get(key);
        if (already != null) {
            return already.answer;
        }
        Wanted fresh = new Wanted();
        wanted.put(key, fresh);
        queue.addLast(key);
        askNext();
        return fresh.answer;
    }

    /** Guarded by this. */
    private void askNext() {
        if (breaker.isOpen()) {
            planProbe();
        }
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
            case Unanswered _ when attempt < retry.attempts() ->
                    timer.startAfter(
                            retry.backoff().multipliedBy(attempt), () -> ask(key, attempt + 1));
            case Unanswered unanswered -> unanswered(key, unanswered);
        }
    }

    /** Null if this was closed meanwhile. */
    private @Nullable Attempt once(Object key) {
        try {
            return fetcher.fetch(key);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } catch (Throwable e) {
            // An Error too, or the key would wait for ever. Not the message: it may hold a URL with
            // its secrets.
            String what = "the lookup failed by " + e.getClass().getSimpleName();
            LOG.log(Level.WARNING, e, () -> "stage %s: %s".formatted(stage, what));
            return new Answered(new Answer.Failed("lookup-failed", what));
        }
    }

    private void answered(Object key, Answer answer) {
        cache.put(key, answer);
        Wanted done;
        synchronized (this) {
            asking--;
            done = wanted.remove(key);
            lastError = answer instanceof Answer.Failed failed ? failed.message() : null;
            if (breaker.answered()) {
                sinceMs = timer.millis();
                LOG.info(() -> "stage %s goes on: its source answers again".formatted(stage));
            }
            askNext();
        }
        complete(done, answer);
    }

    private void unanswered(Object key, Unanswered unanswered) {
        Wanted done = null;
        synchronized (this) {
            asking--;
            lastError = unanswered.message();
            if (breaker.failed()) {
                sinceMs = timer.millis();
                LOG.warning(() -> "stage %s waits: %s".formatted(stage, unanswered.message()));
            }
            if (breaker.isOpen() && !superseded) {
                queue.addLast(key);
            } else {
                done = wanted.remove(key);
            }
            askNext();
        }
        complete(done, failed(unanswered));
    }

    private static Answer.Failed failed(Unanswered unanswered) {
        return new Answer.Failed(unanswered.code(), unanswered.message());
    }

    /** Guarded by this. One that was planned when the source was away before will do. */
    private void planProbe() {
        if (!probing && !queue.isEmpty()) {
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
            key = breaker.isOpen() ? queue.pollFirst() : null;
            if (key == null) {
                probing = false;
                return;
            }
            asking++;
        }
        Attempt attempt = once(key);
        synchronized (this) {
            probing = false;
        }
        switch (attempt) {
            case null -> {}
            case Answered answered -> answered(key, answered.answer());
            case Unanswered unanswered -> probed(key, unanswered);
        }
    }

    private void probed(Object key, Unanswered unanswered) {
        Wanted done = null;
        synchronized (this) {
            asking--;
            lastError = unanswered.message();
            if (superseded || hasFailed(key, unanswered)) {
                done = wanted.remove(key);
            } else {
                queue.addLast(key);
            }
            askNext();
        }
        complete(done, failed(unanswered));
    }

    /** Guarded by this. While the source is away it says nothing about a key. */
    private boolean hasFailed(Object key, Unanswered unanswered) {
        Wanted waiting = wanted.get(key);
        return switch (unanswered) {
            case Unavailable _ -> false;
            case Erred _ -> waiting != null && ++waiting.erred >= PROBES_MAX;
        };
    }

    @Override
    public void supersede() {
        List<Wanted> given = new ArrayList<>();
        synchronized (this) {
            superseded = true;
            if (breaker.isOpen()) {
                queue.forEach(key -> given.add(wanted.remove(key)));
                queue.clear();
            }
        }
        given.forEach(one -> complete(one, SUPERSEDED));
    }

    /** Outside of the lock, since what depends on the answer runs here. */
    private static void complete(@Nullable Wanted done, Answer answer) {
        if (done != null) {
            done.answer.complete(answer);
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
