package dev.millrace.engine;

import dev.millrace.core.handler.Handler;
import dev.millrace.core.handler.MissingHandlerException;
import dev.millrace.core.pipeline.Stage;

/** Where stages get their handlers. Safe for use by many threads. */
@FunctionalInterface
public interface HandlerSource {
    /** Has none. */
    HandlerSource NONE =
            (_, stage) -> {
                throw new MissingHandlerException(
                        "there is no handler %s; handlers are plug-ins of the server"
                                .formatted(stage.handler()));
            };

    /**
     * A handler for a stage, configured.
     *
     * @throws MissingHandlerException if there is none of the name that the stage gives
     * @throws IllegalArgumentException if it does not take the stage's config; the message says why
     */
    Handler handler(String pipeline, Stage.Handle stage);
}
