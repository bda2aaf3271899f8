package dev.millrace.server.http;

import dev.millrace.core.pipeline.Problem;
import dev.millrace.core.port.StorageException;
import dev.millrace.core.port.StorageFullException;
import dev.millrace.engine.TooManyReplaysException;

import io.helidon.http.DirectHandler;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import java.util.logging.Level;
import java.util.logging.Logger;

/** The one place where what goes wrong becomes a response (RFC 9457). */
final class Problems {
    private static final Logger LOG = Logger.getLogger(Problems.class.getName());

    /** No rate tells when a replay is done. */
    private static final int RETRY_REPLAY_SECONDS = 60;

    private Problems() {}

    /**
     * Wraps a handler: what it throws is answered, and the connection ends where it has to, since
     * the web server itself goes on after {@code Connection: close}.
     */
    static Handler guard(Handler handler) {
        return (request, response) -> {
            try {
                handler.handle(request, response);
            } catch (CloseConnectionException gone) {
                throw gone;
            } catch (Exception e) {
                answer(request, response, refusalOf(request, e));
            }
            if (Answers.isLast(request, response)) {
                UnreadBody.discard(request);
                throw new CloseConnectionException("this was the last response");
            }
        };
    }

    /** For requests that are so broken that they reach no route. */
    static DirectHandlers beforeRouting() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
            handlers.addHandler(type, Problems::broken);
        }
        return handlers.build();
    }

    private static DirectHandler.TransportResponse broken(
            DirectHandler.TransportRequest request,
            DirectHandler.EventType event,
            Status status,
            io.helidon.http.ServerResponseHeaders headers,
            String message) {
        ProblemType type =
                switch (status.code()) {
                    case 413 -> ProblemType.TOO_LARGE;
                    case 500 -> ProblemType.INTERNAL;
                    default -> ProblemType.INVALID_REQUEST;
                };
        String detail =
                message == null || message.isEmpty() ? status.reasonPhrase() + "." : message;
        headers.set(Answers.PROBLEM);
        return DirectHandler.TransportResponse.builder()
                .status(status)
                .headers(headers)
                .keepAlive(false)
                .entity(body(status, new Refusal(type, detail)))
                .build();
    }

    private static Refusal refusalOf(ServerRequest request, Exception e) {
        return switch (e) {
            case Refusal refusal -> refusal;
            // Logged once, when it began.
            case StorageFullException full ->
                    new Refusal(ProblemType.STORAGE_UNAVAILABLE, String.valueOf(full.getMessage()));
            case TooManyReplaysException many ->
                    Refusal.queueFull(
                            many.getMessage() + ".",
                            TooManyReplaysException.REPLAYS,
                            TooManyReplaysException.REPLAYS,
                            RETRY_REPLAY_SECONDS,
                            "dead-letters");
            case StorageException storage -> {
                LOG.log(Level.SEVERE, "the storage failed", storage);
                yield new Refusal(
                        ProblemType.STORAGE_UNAVAILABLE, String.valueOf(storage.getMessage()));
            }
            default -> {
                LOG.log(Level.SEVERE, request.prologue().method() + " " + path(request), e);
                yield new Refusal(
                        ProblemType.INTERNAL,
                        "Something went wrong that should not; the server's log has more.");
            }
        };
    }

    /** The path without control characters, which would break the log's lines. */
    private static String path(ServerRequest request) {
        return request.prologue().uriPath().rawPath().replaceAll("\\p{Cntrl}", "?");
    }

    private static void answer(ServerRequest request, ServerResponse response, Refusal refusal) {
        refusal.headers().forEach(response::header);
        Status status = refusal.type().status();
        Answers.send(request, response, status, Answers.PROBLEM, body(status, refusal));
    }

    private static byte[] body(Status status, Refusal refusal) {
        return JsonBody.object(json -> {
            json.writeStringProperty("type", refusal.type().urn());
            json.writeStringProperty("title", refusal.type().title());
            json.writeNumberProperty("status", status.code());
            json.writeStringProperty("detail", refusal.detail());
            refusal.members().forEach((name, value) -> JsonBody.member(json, name, value));
            if (!refusal.errors().isEmpty()) {
                json.writeArrayPropertyStart("errors");
                for (Problem problem : refusal.errors()) {
                    json.writeStartObject();
                    json.writeStringProperty("pointer", problem.pointer());
                    problem.line().ifPresent(line -> json.writeNumberProperty("line", line));
                    json.writeStringProperty("detail", problem.detail());
                    json.writeEndObject();
                }
                json.writeEndArray();
            }
        });
    }
}
