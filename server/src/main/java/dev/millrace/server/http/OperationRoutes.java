package dev.millrace.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.connect.ConnectServices;
import dev.millrace.core.Bound;
import dev.millrace.engine.Engine;
import dev.millrace.engine.EngineHealth;
import dev.millrace.store.StoreOptions;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import java.util.ArrayList;
import java.util.List;

/** For those who run the server: {@code /health/*}, {@code /metrics} and {@code /limits}. */
final class OperationRoutes {
    private static final Header PROMETHEUS =
            HeaderValues.createCached(
                    HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");

    private final Engine engine;
    private final HttpLimits limits;
    private final Meters meters;

    OperationRoutes(Engine engine, HttpLimits limits, Meters meters) {
        this.engine = engine;
        this.limits = limits;
        this.meters = meters;
    }

    void addTo(Routes routes) {
        routes.add(Method.GET, "/health/live", this::live)
                .add(Method.GET, "/health/ready", this::ready)
                .add(Method.GET, "/metrics", this::metrics)
                .add(Method.GET, "/limits", this::limits);
    }

    private void live(ServerRequest request, ServerResponse response) {
        Answers.json(request, response, json -> json.writeStringProperty("status", "live"));
    }

    private void ready(ServerRequest request, ServerResponse response) {
        EngineHealth health = engine.health();
        health.trouble()
                .ifPresent(trouble -> {
                    throw new Refusal(ProblemType.STORAGE_UNAVAILABLE, trouble);
                });
        health.imbalance()
                .ifPresent(imbalance -> {
                    throw new Refusal(ProblemType.LEDGER_UNBALANCED, imbalance);
                });
        Answers.json(request, response, json -> json.writeStringProperty("status", "ready"));
    }

    private void metrics(ServerRequest request, ServerResponse response) {
        Answers.send(request, response, Status.OK_200, PROMETHEUS, meters.scrape().getBytes(UTF_8));
    }

    private void limits(ServerRequest request, ServerResponse response) {
        List<Bound> bounds = new ArrayList<>(limits.bounds());
        bounds.addAll(engine.limits());
        bounds.addAll(ConnectServices.bounds());
        bounds.addAll(StoreOptions.defaults().bounds());
        Answers.json(
                request,
                response,
                json -> {
                    json.writeArrayPropertyStart("limits");
                    for (Bound bound : bounds) {
                        json.writeStartObject();
                        json.writeStringProperty("name", bound.name());
                        json.writeNumberProperty("value", bound.value());
                        json.writeStringProperty("unit", bound.unit());
                        json.writeStringProperty("meaning", bound.meaning());
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                });
    }
}
