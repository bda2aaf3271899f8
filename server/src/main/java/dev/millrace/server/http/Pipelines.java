package dev.millrace.server.http;

import dev.millrace.engine.Engine;
import dev.millrace.engine.Pipeline;

import io.helidon.webserver.http.ServerRequest;

/** Finds the pipeline that a path names. */
final class Pipelines {
    /** Where the paths of a pipeline begin. */
    static final String PATH = "/v1/pipelines/{pipeline}";

    private final Engine engine;

    Pipelines(Engine engine) {
        this.engine = engine;
    }

    Pipeline of(ServerRequest request) {
        String name = name(request);
        return engine.pipeline(name)
                .orElseThrow(() ->
                        new Refusal(
                                ProblemType.NO_SUCH_PIPELINE,
                                "There is no pipeline '" + name + "'."));
    }

    static String name(ServerRequest request) {
        return request.path().pathParameters().get("pipeline");
    }
}
