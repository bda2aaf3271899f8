package dev.millrace.engine;

import dev.millrace.core.lookup.Answer;
import dev.millrace.core.task.Wanted;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;

/**
 * The answers that one record of a partition waits for, asked for side by side. They come in any
 * order and on any thread, and are taken all together.
 */
final class AwaitedAnswers {
    private final List<Wanted> wanted;
    private final List<CompletableFuture<Answer>> answers = new ArrayList<>();
    private final CompletableFuture<Void> all;

    /** Asks. */
    AwaitedAnswers(List<Wanted> wanted) {
        this.wanted = List.copyOf(wanted);
        for (Wanted one : wanted) {
            answers.add(one.fetch().toCompletableFuture().exceptionally(AwaitedAnswers::broken));
        }
        this.all = CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new));
    }

    /** A lookup that keeps to its contract says itself that it failed. */
    private static Answer broken(Throwable cause) {
        return new Answer.Failed("lookup", "the lookup broke: " + cause);
    }

    boolean areThere() {
        return all.isDone();
    }

    /** Runs something once all are there: at once, or on the thread that brings the last. */
    void whenThere(Runnable then) {
        CompletableFuture<Void> _ = all.thenRun(then);
    }

    /** Blocks until all are there. */
    void await() throws InterruptedException {
        try {
            all.get();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException("an answer tells itself that it failed", impossible);
        }
    }

    /** Hands them over; only once all are there. */
    void provideTo(BiConsumer<Wanted, Answer> taker) {
        for (int i = 0; i < answers.size(); i++) {
            taker.accept(wanted.get(i), answers.get(i).join());
        }
    }

    /** The name of the stage whose answer is awaited, the first where there are several. */
    String stage() {
        for (int i = 0; i < answers.size(); i++) {
            if (!answers.get(i).isDone()) {
                return wanted.get(i).stage();
            }
        }
        return wanted.getFirst().stage();
    }
}
