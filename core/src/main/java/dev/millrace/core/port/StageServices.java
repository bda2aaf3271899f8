package dev.millrace.core.port;

import dev.millrace.core.handler.HandlerCall;
import dev.millrace.core.handler.MissingHandlerException;
import dev.millrace.core.lookup.Lookup;
import dev.millrace.core.pipeline.Stage;

/** What stages need of their host. Safe for use by many threads. */
public interface StageServices {
    /** For pipelines without such stages. */
    StageServices NONE =
            (_, stage) -> {
                throw new IllegalStateException(
                        "stage " + stage.name() + " looks things up, and this host cannot");
            };

    /** Where an enrich stage of a pipeline looks things up; the same for equal stages. */
    Lookup lookup(String pipeline, Stage.Enrich stage);

    /**
     * What calls the handler of a stage of a pipeline; a new one for each partition.
     *
     * @throws MissingHandlerException if there is no such handler
     */
    default HandlerCall handlerCall(String pipeline, Stage.Handle stage) {
        throw new MissingHandlerException(
                "stage %s names the handler %s, and this host has none"
                        .formatted(stage.name(), stage.handler()));
    }
}
