package dev.millrace.engine;

import dev.millrace.core.handler.Handler;
import dev.millrace.core.handler.HandlerCall;
import dev.millrace.core.handler.MissingHandlerException;
import dev.millrace.core.lookup.Lookup;
import dev.millrace.core.pipeline.PipelineDefinition;
import dev.millrace.core.pipeline.Problem;
import dev.millrace.core.pipeline.Stage;
import dev.millrace.core.port.StageServices;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Brings handlers and lookups to stages, and the threads on which handlers may block. Safe for use
 * by many threads.
 *
 * <p>The threads are platform threads, one a partition while it has work: a handler that spins
 * instead of sleeping must not take one of the few carriers of virtual threads for good.
 */
final class HandlerHost implements StageServices, AutoCloseable {
    private static final long END_SECONDS = 1;

    private final SharedHandlers handlers;
    private final StageServices lookups;
    private final HostClock clock;
    private final CallWatch watch;
    private final ExecutorService threads =
            Executors.newCachedThreadPool(
                    Thread.ofPlatform().daemon().name("millrace-handler-", 0).factory());

    /**
     * @param lookups what brings lookups to stages
     */
    HandlerHost(HandlerSource source, StageServices lookups, HostClock clock) {
        this.handlers = new SharedHandlers(source);
        this.lookups = lookups;
        this.clock = clock;
        this.watch = new CallWatch(clock);
    }

    /** Runs turns of partitions that may block; as many at a time as there are. */
    Executor threads() {
        return threads;
    }

    @Override
    public Lookup lookup(String pipeline, Stage.Enrich stage) {
        return lookups.lookup(pipeline, stage);
    }

    @Override
    public Optional<String> problem(Stage.Enrich stage) {
        return lookups.problem(stage);
    }

    @Override
    public void retain(String pipeline, Collection<Stage.Enrich> stages) {
        lookups.retain(pipeline, stages);
    }

    @Override
    public void supersede(String pipeline, Collection<Stage.Enrich> stages) {
        lookups.supersede(pipeline, stages);
    }

    @Override
    public HandlerCall handlerCall(String pipeline, Stage.Handle stage) {
        Handler handler = handlers.of(pipeline, stage);
        return new WatchedCall(pipeline, stage, handler, watch, clock);
    }

    /** Closes what a pipeline no longer uses, now that only this definition is in use. */
    void retain(PipelineDefinition definition) {
        handlers.retain(definition.name(), definition.handlers());
        lookups.retain(definition.name(), definition.enrichments());
    }

    /** Closes what a pipeline used that is gone. */
    void drop(String pipeline) {
        handlers.drop(pipeline);
        lookups.retain(pipeline, List.of());
    }

    /**
     * What is wrong with the handlers and lookups that a definition names; each handler that is not
     * in use is made to find out, and let go.
     */
    List<Problem> problems(PipelineDefinition definition) {
        List<Problem> problems = new ArrayList<>();
        List<Stage> stages = definition.stages();
        for (int i = 0; i < stages.size(); i++) {
            if (stages.get(i) instanceof Stage.Handle stage) {
                String pointer = "/stages/" + i;
                problem(definition.name(), stage, pointer).ifPresent(problems::add);
            }
            if (stages.get(i) instanceof Stage.Enrich stage) {
                String pointer = "/stages/" + i + "/enrich";
                problem(stage)
                        .map(detail -> new Problem(pointer, OptionalInt.empty(), detail))
                        .ifPresent(problems::add);
            }
        }
        return problems;
    }

    /**
     * @throws MissingHandlerException if a handler is not there that the definition names
     */
    void require(PipelineDefinition definition) {
        for (Stage stage : definition.stages()) {
            if (stage instanceof Stage.Handle handle) {
                HandlerCall _ = handlerCall(definition.name(), handle);
            }
        }
    }

    private Optional<Problem> problem(String pipeline, Stage.Handle stage, String pointer) {
        try {
            handlers.check(pipeline, stage);
            return Optional.empty();
        } catch (MissingHandlerException missing) {
            return Optional.of(problemAt(pointer + "/handler", missing));
        } catch (IllegalArgumentException unfit) {
            return Optional.of(problemAt(pointer + "/config", unfit));
        }
    }

    private static Problem problemAt(String pointer, RuntimeException cause) {
        return new Problem(pointer, OptionalInt.empty(), String.valueOf(cause.getMessage()));
    }

    /** The stage of a pipeline whose handler has been at one event for long. */
    Optional<String> hangingStage(String pipeline) {
        return watch.hangingStage(pipeline);
    }

    /** Interrupts what still runs, and leaves behind what does not care. */
    @Override
    public void close() {
        watch.close();
        threads.shutdownNow();
        try {
            boolean _ = threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        handlers.close();
    }
}
