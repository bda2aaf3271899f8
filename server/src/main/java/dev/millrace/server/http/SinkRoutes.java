package dev.millrace.server.http;

import dev.millrace.engine.Pipeline;
import dev.millrace.engine.SinkStatus;

import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Sinks of a pipeline: how they are doing, pause, resume and rewind. */
final class SinkRoutes {
    private static final String SINKS = Pipelines.PATH + "/sinks";
    private static final String SINK = SINKS + "/{sink}";

    private final Pipelines pipelines;
    private final JsonRequest documents;

    SinkRoutes(Pipelines pipelines, JsonRequest documents) {
        this.pipelines = pipelines;
        this.documents = documents;
    }

    void addTo(Routes routes) {
        routes.add(Method.GET, SINKS, this::list)
                .add(Method.POST, SINK + "/pause", this::pause)
                .add(Method.POST, SINK + "/resume", this::resume)
                .add(Method.POST, SINK + "/rewind", this::rewind);
    }

    private void list(ServerRequest request, ServerResponse response) {
        Query.none(request);
        Pipeline pipeline = pipelines.of(request);
        Answers.json(
                request,
                response,
                json -> {
                    json.writeArrayPropertyStart("sinks");
                    pipeline.sinks().forEach(sink -> SinkJson.write(json, sink));
                    json.writeEndArray();
                    json.writeArrayPropertyStart("sources");
                    pipeline.sources().forEach(source -> SinkJson.write(json, source));
                    json.writeEndArray();
                });
    }

    private void pause(ServerRequest request, ServerResponse response) {
        Query.none(request);
        Pipeline pipeline = pipelines.of(request);
        JsonRequest.Body _ = documents.read(request, Set.of());
        answer(request, response, pipeline.pauseSink(nameOf(request)));
    }

    private void resume(ServerRequest request, ServerResponse response) {
        Query.none(request);
        Pipeline pipeline = pipelines.of(request);
        boolean takeOver = documents.read(request, Set.of("takeOver")).flag("takeOver");
        answer(request, response, pipeline.resumeSink(nameOf(request), takeOver));
    }

    private void rewind(ServerRequest request, ServerResponse response) {
        Query.none(request);
        Pipeline pipeline = pipelines.of(request);
        OptionalLong to = documents.read(request, Set.of("to")).number("to");
        if (to.isPresent() && to.getAsLong() < 0) {
            throw Refusal.invalidRequest("'to' must be 0 or more.");
        }
        answer(request, response, pipeline.rewindSink(nameOf(request), to));
    }

    private static String nameOf(ServerRequest request) {
        return request.path().pathParameters().get("sink");
    }

    private static void answer(
            ServerRequest request, ServerResponse response, Optional<SinkStatus> status) {
        SinkStatus sink =
                status.orElseThrow(() ->
                        new Refusal(
                                ProblemType.NOT_FOUND,
                                "There is no sink '%s'.".formatted(nameOf(request))));
        Status code = sink.pending().isPresent() ? Status.ACCEPTED_202 : Status.OK_200;
        Answers.json(request, response, code, json -> SinkJson.members(json, sink));
    }
}
