package dev.millrace.server.http;

import dev.millrace.core.aggregate.Row;
import dev.millrace.core.detect.Alert;
import dev.millrace.engine.Pipeline;
import dev.millrace.server.live.LiveJson;

/** Writes in the live stream what the API writes elsewhere, the same way. */
final class LiveBodies implements LiveJson {
    private final MetricsJson metrics;

    LiveBodies(MetricsJson metrics) {
        this.metrics = metrics;
    }

    @Override
    public byte[] row(Row row) {
        return JsonBody.object(json -> RowJson.members(json, row));
    }

    @Override
    public byte[] alert(Alert alert) {
        return JsonBody.object(json -> AlertRoutes.members(json, alert));
    }

    @Override
    public byte[] metrics(Pipeline pipeline) {
        return JsonBody.object(json -> metrics.members(json, pipeline));
    }
}
