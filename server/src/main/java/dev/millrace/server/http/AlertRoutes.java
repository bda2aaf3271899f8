package dev.millrace.server.http;

import dev.millrace.core.detect.Alert;
import dev.millrace.core.detect.Direction;
import dev.millrace.engine.AlertReader;

import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import tools.jackson.core.JsonGenerator;

import java.util.List;
import java.util.Set;

/** {@code GET /v1/pipelines/{p}/alerts}: what the detectors found, the newest first. */
final class AlertRoutes {
    private static final int DEFAULT_LIMIT = 100;
    private static final Set<String> PARAMETERS = Set.of("from", "limit");

    private final Pipelines pipelines;

    AlertRoutes(Pipelines pipelines) {
        this.pipelines = pipelines;
    }

    void addTo(Routes routes) {
        routes.add(Method.GET, Pipelines.PATH + "/alerts", this::alerts);
    }

    private void alerts(ServerRequest request, ServerResponse response) {
        Query parameters = Query.of(request, PARAMETERS);
        List<Alert> alerts =
                pipelines
                        .of(request)
                        .alerts(
                                parameters.number("from").orElse(Long.MIN_VALUE),
                                parameters.limit(DEFAULT_LIMIT, AlertReader.MAX_LIMIT));
        Answers.json(
                request,
                response,
                json -> {
                    json.writeArrayPropertyStart("alerts");
                    for (Alert alert : alerts) {
                        json.writeStartObject();
                        members(json, alert);
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                });
    }

    static void members(JsonGenerator json, Alert alert) {
        json.writeStringProperty("id", alert.id());
        json.writeStringProperty("detector", alert.detector());
        JsonBody.member(json, "group", alert.group());
        json.writeStringProperty("direction", word(alert.direction()));
        json.writeStringProperty("state", alert.isOpen() ? "open" : "ended");
        json.writeNumberProperty("windowStart", alert.windowStartMs());
        if (alert.isOpen()) {
            json.writeNullProperty("endedAt");
        } else {
            json.writeNumberProperty("endedAt", alert.endedAtMs().getAsLong());
        }
        json.writeNumberProperty("value", alert.value());
        json.writeNumberProperty("baseline", alert.baseline());
        json.writeNumberProperty("score", alert.score());
    }

    private static String word(Direction direction) {
        return switch (direction) {
            case SURGE -> "surge";
            case DROP -> "drop";
        };
    }
}
