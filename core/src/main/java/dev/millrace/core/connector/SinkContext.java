package dev.millrace.core.connector;

import dev.millrace.core.pipeline.SinkDefinition;

import java.time.Duration;
import java.util.List;

/**
 * What a sink is opened with. While it is open all of it stays: where the definition or a shape
 * changes, the sink is closed after what was put out before, and another is opened.
 *
 * @param owner as the cursor names it
 * @param definition with the sink's name and settings
 * @param shapes of the aggregates that it takes, in the order of {@code from}
 * @param timeout after which a call is interrupted
 */
public record SinkContext(
        String pipeline,
        String owner,
        SinkDefinition definition,
        List<RowShape> shapes,
        Duration timeout) {
    public SinkContext {
        shapes = List.copyOf(shapes);
    }

    /** The sink's name. */
    public String sink() {
        return definition.name();
    }
}
