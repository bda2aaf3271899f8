package dev.millrace.core.port;

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
}
