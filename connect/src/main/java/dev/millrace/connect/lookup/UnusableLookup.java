package dev.millrace.connect.lookup;

import dev.millrace.core.lookup.Answer;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A source that could be used when its pipeline was put and cannot any more, such as one whose
 * variable is no longer set. What is asked for waits, until another server is started or the stage
 * is changed.
 */
public final class UnusableLookup implements SourceLookup {
    private final String stage;
    private final String problem;
    private final long sinceMs;
    private final AtomicLong asked = new AtomicLong();
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();

    public UnusableLookup(String stage, String problem, long sinceMs) {
        this.stage = stage;
        this.problem = problem;
        this.sinceMs = sinceMs;
    }

    @Override
    public @Nullable Answer known(Object key) {
        return null;
    }

    @Override
    public CompletionStage<Answer> fetch(Object key) {
        asked.incrementAndGet();
        return answer.copy();
    }

    @Override
    public void supersede() {
        boolean _ = answer.complete(SUPERSEDED);
    }

    @Override
    public LookupStatus status() {
        return new LookupStatus(
                stage,
                LookupStatus.State.OPEN,
                sinceMs,
                asked.get(),
                Optional.of(problem),
                0,
                asked.get());
    }

    /** Holds nothing. */
    @Override
    public void close() {}
}
