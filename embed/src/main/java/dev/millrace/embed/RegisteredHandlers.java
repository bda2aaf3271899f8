package dev.millrace.embed;

import dev.millrace.core.handler.Handler;
import dev.millrace.core.handler.MissingHandlerException;
import dev.millrace.core.pipeline.Stage;
import dev.millrace.engine.HandlerSource;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The Java code of the pipelines that were registered, by pipeline and stage. What an earlier
 * version had and a later one has not stays: events of the earlier one may still wait.
 */
final class RegisteredHandlers implements HandlerSource {
    private final Map<String, Map<String, Handler>> byPipeline = new ConcurrentHashMap<>();

    /**
     * Adds those of a pipeline.
     *
     * @return those that it had before
     */
    Map<String, Handler> add(String pipeline, Map<String, Handler> handlers) {
        Map<String, Handler> before = of(pipeline);
        Map<String, Handler> all = new HashMap<>(before);
        all.putAll(handlers);
        set(pipeline, all);
        return before;
    }

    void set(String pipeline, Map<String, Handler> handlers) {
        byPipeline.put(pipeline, Map.copyOf(handlers));
    }

    private Map<String, Handler> of(String pipeline) {
        return byPipeline.getOrDefault(pipeline, Map.of());
    }

    /** A handler that calls whatever is registered at the time. */
    @Override
    public Handler handler(String pipeline, Stage.Handle stage) {
        Handler _ = current(pipeline, stage);
        return (event, context) -> current(pipeline, stage).handle(event, context);
    }

    private Handler current(String pipeline, Stage.Handle stage) {
        Handler handler = of(pipeline).get(stage.handler());
        if (handler == null) {
            throw new MissingHandlerException(
                    "pipeline %s has the stage %s, whose code is not registered"
                            .formatted(pipeline, stage.handler()));
        }
        return handler;
    }
}
