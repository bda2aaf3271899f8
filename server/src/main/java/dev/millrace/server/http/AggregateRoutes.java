package dev.millrace.server.http;

import dev.millrace.core.aggregate.Row;
import dev.millrace.core.pipeline.Durations;
import dev.millrace.core.pipeline.Stage;
import dev.millrace.engine.Pipeline;
import dev.millrace.engine.RowPage;
import dev.millrace.engine.RowQuery;

import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code GET /v1/pipelines/{p}/aggregates/{a}}: rows, as they were committed last. */
final class AggregateRoutes {
    private static final int DEFAULT_LIMIT = 100;
    private static final String GROUP = "group.";
    private static final Set<String> PARAMETERS =
            Set.of("from", "to", GROUP, "latest", "rollup", "order", "limit", "after");

    private final Pipelines pipelines;

    AggregateRoutes(Pipelines pipelines) {
        this.pipelines = pipelines;
    }

    void addTo(Routes routes) {
        routes.add(Method.GET, Pipelines.PATH + "/aggregates/{aggregate}", this::rows);
    }

    private void rows(ServerRequest request, ServerResponse response) {
        Query parameters = Query.of(request, PARAMETERS);
        Pipeline pipeline = pipelines.of(request);
        String aggregate = request.path().pathParameters().get("aggregate");
        Stage.Aggregate _ = aggregate(aggregate, pipeline);
        RowPage page = rows(pipeline, query(aggregate, parameters));
        Answers.json(
                request,
                response,
                json -> {
                    json.writeArrayPropertyStart("rows");
                    for (Row row : page.rows()) {
                        json.writeStartObject();
                        RowJson.members(json, row);
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                    JsonBody.member(json, "next", page.next().orElse(null));
                });
    }

    /**
     * @throws Refusal if there is none of that name
     */
    static Stage.Aggregate aggregate(String name, Pipeline pipeline) {
        return pipeline.definition()
                .aggregate(name)
                .orElseThrow(() -> {
                    String there =
                            pipeline.definition().aggregates().stream()
                                    .map(Stage.Aggregate::name)
                                    .collect(Collectors.joining(", "));
                    return new Refusal(
                            ProblemType.NO_SUCH_AGGREGATE,
                            "The pipeline '%s' has no aggregate '%s'; it has: %s."
                                    .formatted(
                                            pipeline.name(),
                                            name,
                                            there.isEmpty() ? "none" : there));
                });
    }

    private static RowQuery query(String aggregate, Query parameters) {
        return new RowQuery(
                aggregate,
                parameters.number("from"),
                parameters.number("to"),
                parameters.startingWith(GROUP),
                parameters.flag("latest"),
                parameters.text("rollup").map(AggregateRoutes::rollup),
                parameters.text("order"),
                parameters.limit(DEFAULT_LIMIT, RowQuery.MAX_LIMIT),
                parameters.text("after"));
    }

    private static Duration rollup(String text) {
        try {
            return Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw Refusal.invalidRequest("The parameter 'rollup' " + e.getMessage() + ".");
        }
    }

    private static RowPage rows(Pipeline pipeline, RowQuery query) {
        try {
            return pipeline.rows(query);
        } catch (IllegalArgumentException e) {
            throw Refusal.invalidRequest(String.valueOf(e.getMessage()));
        }
    }
}
