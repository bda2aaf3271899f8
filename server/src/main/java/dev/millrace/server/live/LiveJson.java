package dev.millrace.server.live;

import dev.millrace.core.aggregate.Row;
import dev.millrace.core.detect.Alert;
import dev.millrace.engine.Pipeline;

/**
 * How things are written in the live stream: each as one JSON value, in UTF-8, without CR and LF.
 */
public interface LiveJson {
    byte[] row(Row row);

    byte[] alert(Alert alert);

    /** How a pipeline is doing right now. */
    byte[] metrics(Pipeline pipeline);
}
