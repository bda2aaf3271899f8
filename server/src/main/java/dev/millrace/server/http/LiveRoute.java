package dev.millrace.server.http;

import dev.millrace.core.pipeline.Stage;
import dev.millrace.engine.Pipeline;
import dev.millrace.server.live.LiveQuery;
import dev.millrace.server.live.LiveReader;
import dev.millrace.server.live.LiveStreams;

import io.helidon.common.socket.SocketWriterException;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * {@code GET /v1/pipelines/{p}/live}: rows as they change, as server-sent events. The request's
 * virtual thread sends until the reader has gone, is cut off, or the server stops.
 */
final class LiveRoute {
    private static final String GROUP = "group.";
    private static final Set<String> PARAMETERS = Set.of("aggregate", GROUP);
    private static final int RETRY_SECONDS = 5;

    private static final HeaderName LAST_EVENT_ID = HeaderNames.create("Last-Event-ID");
    private static final Header STREAM =
            HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "text/event-stream");

    /** Neither caches nor proxies may hold it back. */
    private static final List<Header> AT_ONCE =
            List.of(
                    HeaderValues.createCached(HeaderNames.CACHE_CONTROL, "no-cache"),
                    HeaderValues.createCached("X-Accel-Buffering", "no"),
                    HeaderValues.createCached("X-Content-Type-Options", "nosniff"));

    private final Pipelines pipelines;
    private final LiveStreams streams;

    LiveRoute(Pipelines pipelines, LiveStreams streams) {
        this.pipelines = pipelines;
        this.streams = streams;
    }

    void addTo(Routes routes) {
        routes.add(Method.GET, Pipelines.PATH + "/live", this::live);
    }

    private void live(ServerRequest request, ServerResponse response) {
        Query parameters = Query.of(request, PARAMETERS);
        Pipeline pipeline = pipelines.of(request);
        LiveQuery query = query(pipeline, parameters);
        if (request.prologue().method().equals(Method.HEAD)) {
            begin(response);
            response.send();
            return;
        }
        try (LiveReader reader =
                streams.subscribe(pipeline, query, lastEventId(request))
                        .orElseThrow(this::noRoom)) {
            begin(response);
            send(reader, response);
        }
    }

    private static void begin(ServerResponse response) {
        response.status(Status.OK_200);
        response.header(STREAM);
        AT_ONCE.forEach(response::header);
    }

    /**
     * @throws CloseConnectionException if the reader has gone, or was cut off; a stream that ends
     *     otherwise is complete
     */
    private static void send(LiveReader reader, ServerResponse response) {
        try (OutputStream out = response.outputStream()) {
            reader.writeTo(out);
            if (!reader.isCutOff() && response instanceof RoutingResponse whole) {
                // Before anybody closes the connection: this says that nothing is missing.
                whole.commit();
            }
        } catch (IOException
                | UncheckedIOException
                | SocketWriterException
                | ServerConnectionException gone) {
            throw new CloseConnectionException("the reader has gone", gone);
        }
        if (reader.isCutOff()) {
            throw new CloseConnectionException("the reader was too slow");
        }
    }

    private static LiveQuery query(Pipeline pipeline, Query parameters) {
        List<String> names =
                parameters
                        .text("aggregate")
                        .map(list -> List.of(list.split(",")))
                        .orElse(List.of());
        if (names.size() > LiveQuery.MAX_AGGREGATES) {
            throw Refusal.invalidRequest(
                    "One stream has at most %d aggregates, not %d."
                            .formatted(LiveQuery.MAX_AGGREGATES, names.size()));
        }
        Map<String, String> group = parameters.startingWith(GROUP);
        for (String name : names) {
            Stage.Aggregate aggregate = AggregateRoutes.aggregate(name, pipeline);
            List<String> by = aggregate.by().stream().map(Object::toString).toList();
            for (String field : group.keySet()) {
                if (!by.contains(field)) {
                    throw Refusal.invalidRequest(
                            "%s is not grouped by %s, but by %s.".formatted(name, field, by));
                }
            }
        }
        return new LiveQuery(names, group);
    }

    /** Of one that is none of ours nothing is known, so the stream begins with a snapshot. */
    private static OptionalLong lastEventId(ServerRequest request) {
        if (!request.headers().contains(LAST_EVENT_ID)) {
            return OptionalLong.empty();
        }
        String id = request.headers().get(LAST_EVENT_ID).get().strip();
        return id.matches("[0-9]{1,18}")
                ? OptionalLong.of(Long.parseLong(id))
                : OptionalLong.empty();
    }

    private Refusal noRoom() {
        return Refusal.queueFull(
                "There are as many live streams as the server has room for; ask again in a while.",
                streams.readers(),
                streams.limits().readers(),
                RETRY_SECONDS,
                "live");
    }
}
