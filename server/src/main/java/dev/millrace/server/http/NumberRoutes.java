package dev.millrace.server.http;

import dev.millrace.engine.AdvanceOutcome;
import dev.millrace.engine.AdvanceOutcome.Advanced;
import dev.millrace.engine.AdvanceOutcome.NoEvents;
import dev.millrace.engine.AdvanceOutcome.TooFar;
import dev.millrace.engine.Pipeline;

import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import org.jspecify.annotations.Nullable;

import java.util.OptionalLong;
import java.util.Set;

/** How a pipeline is doing: {@code metrics} and {@code advance}. */
final class NumberRoutes {
    private final Pipelines pipelines;
    private final MetricsJson metrics;
    private final JsonRequest documents;

    NumberRoutes(Pipelines pipelines, MetricsJson metrics, JsonRequest documents) {
        this.pipelines = pipelines;
        this.metrics = metrics;
        this.documents = documents;
    }

    void addTo(Routes routes) {
        routes.add(Method.GET, Pipelines.PATH + "/metrics", this::metrics)
                .add(Method.POST, Pipelines.PATH + "/advance", this::advance);
    }

    private void metrics(ServerRequest request, ServerResponse response) {
        Query.none(request);
        Pipeline pipeline = pipelines.of(request);
        Answers.json(request, response, json -> metrics.members(json, pipeline));
    }

    private void advance(ServerRequest request, ServerResponse response) {
        Query.none(request);
        Pipeline pipeline = pipelines.of(request);
        OptionalLong to = documents.read(request, Set.of("to")).number("to");
        OptionalLong watermark = watermark(pipeline.advance(to));
        Answers.json(
                request, response, json -> JsonBody.member(json, "watermark", orNull(watermark)));
    }

    private static OptionalLong watermark(AdvanceOutcome outcome) {
        return switch (outcome) {
            case Advanced advanced -> OptionalLong.of(advanced.watermarkMs());
            case NoEvents _ -> OptionalLong.empty();
            case TooFar far ->
                    throw Refusal.invalidRequest(
                            "'to' lies further ahead than maxSkew allows; the latest now is %d. Nothing was changed."
                                    .formatted(far.latestMs()));
        };
    }

    private static @Nullable Long orNull(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : null;
    }
}
