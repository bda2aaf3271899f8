package dev.millrace.engine;

import dev.millrace.core.handler.Handler;
import dev.millrace.core.handler.MissingHandlerException;
import dev.millrace.core.pipeline.Stage;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The handlers in use: one for each stage of a pipeline, shared by its partitions, closed when no
 * version in use has the stage any more. Safe for use by many threads.
 */
final class SharedHandlers implements AutoCloseable {
    private final HandlerSource source;
    private final Map<StageOf, Shared> handlers = new ConcurrentHashMap<>();

    private record StageOf(String pipeline, Stage.Handle stage) {}

    /**
     * @param isIdle whether it was not retained last time, nor asked for since
     */
    private record Shared(Handler handler, boolean isIdle) {}

    SharedHandlers(HandlerSource source) {
        this.source = source;
    }

    /**
     * The handler of a stage, made if there is none yet.
     *
     * @throws MissingHandlerException if there is no handler of that name
     * @throws IllegalArgumentException if it does not take the stage's config
     */
    Handler of(String pipeline, Stage.Handle stage) {
        Shared shared =
                handlers.compute(
                        new StageOf(pipeline, stage),
                        (_, there) ->
                                new Shared(
                                        there == null
                                                ? source.handler(pipeline, stage)
                                                : there.handler,
                                        false));
        return shared.handler;
    }

    /**
     * Whether there is a handler for a stage: makes one to find out, and lets it go again.
     *
     * @throws MissingHandlerException as {@link #of}
     * @throws IllegalArgumentException as {@link #of}
     */
    void check(String pipeline, Stage.Handle stage) {
        if (!handlers.containsKey(new StageOf(pipeline, stage))) {
            close(source.handler(pipeline, stage));
        }
    }

    /**
     * Of a pipeline's handlers, only those of {@code stages} are used any more. Others are closed
     * if they were not asked for since the last call either: a version that begins meanwhile may
     * need what this call does not know of.
     */
    void retain(String pipeline, Collection<Stage.Handle> stages) {
        for (StageOf of : handlers.keySet()) {
            if (of.pipeline.equals(pipeline)) {
                boolean isUsed = stages.contains(of.stage);
                Shared _ = handlers.computeIfPresent(of, (_, shared) -> retained(shared, isUsed));
            }
        }
    }

    /** Null if it was let go. */
    private static @Nullable Shared retained(Shared shared, boolean isUsed) {
        if (!isUsed && shared.isIdle) {
            close(shared.handler);
            return null;
        }
        return new Shared(shared.handler, !isUsed);
    }

    /** Closes those of a pipeline that is gone. */
    void drop(String pipeline) {
        closeIf(of -> of.pipeline.equals(pipeline));
    }

    /** Closes them all. */
    @Override
    public void close() {
        closeIf(_ -> true);
    }

    private void closeIf(Predicate<StageOf> condition) {
        for (StageOf of : List.copyOf(handlers.keySet())) {
            Shared shared = condition.test(of) ? handlers.remove(of) : null;
            if (shared != null) {
                close(shared.handler);
            }
        }
    }

    private static void close(Handler handler) {
        try {
            handler.close();
        } catch (Throwable broken) {
            // It is somebody else's code, and what matters does not depend on it any more.
            System.getLogger(SharedHandlers.class.getName())
                    .log(System.Logger.Level.WARNING, "a handler could not be closed", broken);
        }
    }
}
