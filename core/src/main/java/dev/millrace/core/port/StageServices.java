package dev.millrace.core.port;

import dev.millrace.core.handler.HandlerCall;
import dev.millrace.core.handler.MissingHandlerException;
import dev.millrace.core.lookup.Lookup;
import dev.millrace.core.pipeline.Stage;

import java.util.Collection;
import java.util.Optional;

/** What stages need of their host. Safe for use by many threads. */
public interface StageServices {
    /** For pipelines without such stages. */
    StageServices NONE =
            new StageServices() {
                @Override
                public Lookup lookup(String pipeline, Stage.Enrich stage) {
                    throw new IllegalStateException(cannot(stage));
                }

                @Override
                public Optional<String> problem(Stage.Enrich stage) {
                    return Optional.of(cannot(stage));
                }

                private static String cannot(Stage.Enrich stage) {
                    return "stage " + stage.name() + " looks things up, and this host cannot";
                }
            };

    /**
     * Where an enrich stage of a pipeline looks things up; the same for equal stages. One that
     * cannot be opened is given all the same, and answers that it failed, or waits until it can.
     */
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

    /**
     * Why a stage cannot look things up as it is: a table that is not there, say. One sentence;
     * empty if it can. May block.
     */
    default Optional<String> problem(Stage.Enrich stage) {
        return Optional.empty();
    }

    /**
     * Tells which enrich stages the newest version of a pipeline has. Events under an older one go
     * on through its stages; but where the source of a stage that is no longer there is away, they
     * need not wait for it: they fail, and can be replayed under the newest version.
     */
    default void supersede(String pipeline, Collection<Stage.Enrich> stages) {}

    /** Of a pipeline's lookups, only those of {@code stages} are used any more. */
    default void retain(String pipeline, Collection<Stage.Enrich> stages) {}
}
