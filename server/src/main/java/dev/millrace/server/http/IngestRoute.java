package dev.millrace.server.http;

import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.event.Rejection;
import dev.millrace.engine.IngestOutcome;
import dev.millrace.engine.IngestOutcome.Accepted;
import dev.millrace.engine.IngestOutcome.LettersFull;
import dev.millrace.engine.IngestOutcome.Malformed;
import dev.millrace.engine.IngestOutcome.QueueFull;
import dev.millrace.engine.IngestOutcome.TooLarge;
import dev.millrace.engine.IngestOutcome.Unavailable;
import dev.millrace.engine.Pipeline;

import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import tools.jackson.core.JsonGenerator;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** {@code POST /v1/pipelines/{p}/events}. Answers once the events are durable. */
final class IngestRoute {
    /** Marks old events that are loaded beside the live ones. */
    private static final String HISTORY = "history";

    private final Pipelines pipelines;
    private final BodyMemory memory;
    private final RequestBody bodies;
    private final int maxUnpackedBytes;

    IngestRoute(Pipelines pipelines, HttpLimits limits, BodyMemory memory) {
        this.pipelines = pipelines;
        this.memory = memory;
        this.bodies = new RequestBody(limits.maxBodyBytes(), limits.bodyTimeout());
        this.maxUnpackedBytes = limits.maxUnpackedBytes();
    }

    void addTo(Routes routes) {
        routes.add(Method.POST, Pipelines.PATH + "/events", this::ingest);
    }

    private void ingest(ServerRequest request, ServerResponse response) {
        long begin = System.nanoTime();
        boolean history = Query.of(request, Set.of(HISTORY)).flag(HISTORY);
        Pipeline pipeline = pipelines.of(request);
        ServerRequestHeaders headers = request.headers();
        BodyFormat format = MediaTypes.ofEvents(headers);
        BodyEncoding encoding =
                BodyEncoding.of(headers.first(HeaderNames.CONTENT_ENCODING).orElse(""));
        try (BodyMemory.Share share = memory.share()) {
            byte[] sent = bodies.read(request, share);
            byte[] body = encoding.unpack(sent, maxUnpackedBytes, share);
            Accepted accepted =
                    accepted(
                            history
                                    ? pipeline.ingestHistory(body, body.length, format)
                                    : pipeline.ingest(body, body.length, format));
            Answers.json(request, response, Status.ACCEPTED_202, answer(accepted, begin));
        }
    }

    private static Accepted accepted(IngestOutcome outcome) {
        return switch (outcome) {
            case Accepted accepted -> accepted;
            case QueueFull full ->
                    throw Refusal.queueFull(
                            "%d of %d events are waiting for %s; nothing was written."
                                    .formatted(
                                            full.queueDepth(),
                                            full.queueLimit(),
                                            full.bottleneck()),
                            full.queueDepth(),
                            full.queueLimit(),
                            full.retryAfterSeconds(),
                            full.bottleneck());
            case LettersFull full ->
                    throw Refusal.queueFull(
                            full.detail(),
                            full.queueDepth(),
                            full.queueLimit(),
                            full.retryAfterSeconds(),
                            LettersFull.BOTTLENECK);
            case TooLarge large -> throw new Refusal(ProblemType.TOO_LARGE, large.detail());
            case Malformed malformed ->
                    throw new Refusal(ProblemType.MALFORMED, malformed.detail());
            case Unavailable unavailable ->
                    throw new Refusal(ProblemType.STORAGE_UNAVAILABLE, unavailable.detail());
        };
    }

    private static byte[] answer(Accepted accepted, long begin) {
        long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
        if (accepted.rejected() == 0) {
            // What nearly every answer is, at a tenth of what a generator takes to be set up.
            return ("{\"accepted\":"
                            + accepted.accepted()
                            + ",\"rejected\":0,\"processingTimeMs\":"
                            + tookMs
                            + ",\"errors\":[]}")
                    .getBytes(StandardCharsets.ISO_8859_1);
        }
        return JsonBody.object(json -> write(json, accepted, tookMs));
    }

    private static void write(JsonGenerator json, Accepted accepted, long tookMs) {
        json.writeNumberProperty("accepted", accepted.accepted());
        json.writeNumberProperty("rejected", accepted.rejected());
        json.writeNumberProperty("processingTimeMs", tookMs);
        json.writeArrayPropertyStart("errors");
        for (Rejection rejection : accepted.rejections()) {
            json.writeStartObject();
            json.writeNumberProperty("index", rejection.index());
            JsonBody.member(json, "id", rejection.id());
            json.writeStringProperty("code", rejection.code().text());
            json.writeStringProperty("pointer", rejection.pointer());
            json.writeStringProperty("detail", rejection.detail());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
