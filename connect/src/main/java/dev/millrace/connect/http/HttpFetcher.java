package dev.millrace.connect.http;

import dev.millrace.connect.lookup.Attempt;
import dev.millrace.connect.lookup.Attempt.Answered;
import dev.millrace.connect.lookup.Attempt.Erred;
import dev.millrace.connect.lookup.Attempt.Unanswered;
import dev.millrace.connect.lookup.Attempt.Unavailable;
import dev.millrace.connect.lookup.Environment;
import dev.millrace.connect.lookup.Fetcher;
import dev.millrace.connect.lookup.UnusableSourceException;
import dev.millrace.core.Bound;
import dev.millrace.core.event.Json;
import dev.millrace.core.lookup.Answer;
import dev.millrace.core.pipeline.LookupSource;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Asks by GET. 200 with JSON is found, {@code null} and 204 and 404 are nothing; everything else, a
 * redirect too, has failed, except for what is worth another try:
 *
 * <ul>
 *   <li>408, 429, 502, 503, 504, no answer in time and a broken connection: the source, or what is
 *       behind a gateway, is away;
 *   <li>any other 5xx, or an answer that breaks off or stalls: the source erred over the key.
 * </ul>
 */
public final class HttpFetcher implements Fetcher {
    /** Of one answer; what is longer is cut off and has failed. */
    static final int BODY_BYTES_MAX = 1 << 20;

    /** Requests of one stage at the same time. */
    static final int REQUESTS_MAX = 16;

    private static final Set<Integer> NOTHING = Set.of(204, 404);
    private static final Set<Integer> AWAY = Set.of(408, 429, 502, 503, 504);

    private final Target target;
    private final Duration timeout;
    private final HttpClient client;

    /** What is asked, with the variables put in. */
    private record Target(UrlTemplate url, Map<String, String> headers) {
        static Target of(LookupSource.Http source, Environment environment)
                throws UnusableSourceException {
            UrlTemplate url = UrlTemplate.parse(source.url(), environment);
            return new Target(url, Headers.fill(source.headers(), environment));
        }

        HttpRequest request(Object key) {
            HttpRequest.Builder request = HttpRequest.newBuilder(url.of(key)).GET();
            headers.forEach(request::header);
            return request.build();
        }
    }

    private HttpFetcher(Target target, Duration timeout) {
        this.target = target;
        this.timeout = timeout;
        this.client =
                HttpClient.newBuilder()
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(timeout)
                        .build();
    }

    /**
     * @param timeout of one attempt, from connecting to the end of the body
     * @throws UnusableSourceException if a variable is not set, or the URL or a header is wrong
     */
    public static HttpFetcher open(
            LookupSource.Http source, Duration timeout, Environment environment)
            throws UnusableSourceException {
        return new HttpFetcher(Target.of(source, environment), timeout);
    }

    /** As {@link #open}, but only looks whether it would do. */
    public static void check(LookupSource.Http source, Environment environment)
            throws UnusableSourceException {
        Target _ = Target.of(source, environment);
    }

    /** For operators. */
    public static List<Bound> bounds() {
        return List.of(
                new Bound(
                        "lookup.httpRequests",
                        REQUESTS_MAX,
                        "requests",
                        "requests of one stage at a time; further keys wait"),
                new Bound(
                        "lookup.httpAnswerBytes",
                        BODY_BYTES_MAX,
                        "bytes",
                        "an answer; past it the event is a dead letter"));
    }

    @Override
    public int concurrency() {
        return REQUESTS_MAX;
    }

    @Override
    public Attempt fetch(Object key) throws InterruptedException {
        AtomicBoolean begun = new AtomicBoolean();
        CompletableFuture<HttpResponse<Optional<byte[]>>> response =
                client.sendAsync(
                        target.request(key),
                        _ -> {
                            begun.set(true);
                            return new BoundedBody(BODY_BYTES_MAX);
                        });
        try {
            return attempt(response.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return timedOut(begun.get());
        } catch (ExecutionException e) {
            return broken(Objects.requireNonNullElse(e.getCause(), e), begun.get());
        } finally {
            // Gives up the connection of what has not ended.
            boolean _ = response.cancel(true);
        }
    }

    /**
     * @param begun whether an answer had begun to come
     */
    private Unanswered timedOut(boolean begun) {
        return unanswered(
                begun,
                "lookup-timeout",
                "%s did not answer within %d ms"
                        .formatted(target.url.origin(), timeout.toMillis()));
    }

    private static Unanswered unanswered(boolean isReached, String code, String message) {
        return isReached ? new Erred(code, message) : new Unavailable(code, message);
    }

    private Attempt broken(Throwable cause, boolean begun) {
        return switch (cause) {
            case HttpTimeoutException _ -> timedOut(begun);
            case ConnectException _ ->
                    new Unavailable(
                            "lookup-unreachable", target.url.origin() + " cannot be reached");
            case IOException broken ->
                    unanswered(
                            begun || broken instanceof ProtocolException,
                            "lookup-unreachable",
                            "the connection to %s broke (%s)"
                                    .formatted(target.url.origin(), broken.getMessage()));
            default -> throw new IllegalStateException(cause);
        };
    }

    private Attempt attempt(HttpResponse<Optional<byte[]>> response) {
        int status = response.statusCode();
        if (status == 200) {
            return new Answered(answer(response.body()));
        }
        if (NOTHING.contains(status)) {
            return new Answered(new Answer.Nothing());
        }
        String code = "lookup-" + status;
        String message = "%s answered %d".formatted(target.url.origin(), status);
        if (AWAY.contains(status)) {
            return new Unavailable(code, message);
        }
        return status >= 500
                ? new Erred(code, message)
                : new Answered(new Answer.Failed(code, message));
    }

    private Answer answer(Optional<byte[]> body) {
        if (body.isEmpty()) {
            return new Answer.Failed(
                    "lookup-too-large",
                    "%s answered more than %d KiB"
                            .formatted(target.url.origin(), BODY_BYTES_MAX >> 10));
        }
        try {
            Object value = Json.decode(body.get());
            return value == null ? new Answer.Nothing() : new Answer.Found(value);
        } catch (IllegalArgumentException e) {
            return new Answer.Failed(
                    "lookup-no-json",
                    "%s answered what is %s".formatted(target.url.origin(), e.getMessage()));
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
