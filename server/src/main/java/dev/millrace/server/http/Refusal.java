package dev.millrace.server.http;

import dev.millrace.core.MillraceException;
import dev.millrace.core.pipeline.Problem;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A request that is answered with a problem. Thrown by routes, turned into a response by {@link
 * Problems}. Without a stack trace: it says what the client did, and a flood of them must be cheap.
 */
final class Refusal extends MillraceException {
    private static final long serialVersionUID = 1L;

    private final ProblemType type;
    private final transient List<Problem> errors;
    private final transient Map<String, Object> members;
    private final transient List<Header> headers;

    private Refusal(
            ProblemType type,
            String detail,
            List<Problem> errors,
            Map<String, Object> members,
            List<Header> headers) {
        super(detail);
        this.type = type;
        this.errors = List.copyOf(errors);
        this.members = members;
        this.headers = List.copyOf(headers);
    }

    Refusal(ProblemType type, String detail) {
        this(type, detail, List.of(), Map.of(), List.of());
    }

    static Refusal invalidRequest(String detail) {
        return new Refusal(ProblemType.INVALID_REQUEST, detail);
    }

    static Refusal invalidPipeline(List<Problem> problems) {
        String count = problems.size() == 1 ? "One thing is" : problems.size() + " things are";
        return new Refusal(
                ProblemType.INVALID_PIPELINE,
                count + " wrong with it; nothing was changed.",
                problems,
                Map.of(),
                List.of());
    }

    static Refusal methodNotAllowed(String method, String allowed) {
        return new Refusal(
                ProblemType.METHOD_NOT_ALLOWED,
                method + " is not allowed here; allowed: " + allowed + ".",
                List.of(),
                Map.of(),
                List.of(HeaderValues.create(HeaderNames.ALLOW, allowed)));
    }

    /**
     * @param retryAfterSeconds 1 or more
     * @param bottleneck what there is no room in
     */
    static Refusal queueFull(
            String detail, long depth, long limit, int retryAfterSeconds, String bottleneck) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("queueDepth", depth);
        members.put("queueLimit", limit);
        members.put("retryAfterSeconds", retryAfterSeconds);
        members.put("bottleneck", bottleneck);
        return new Refusal(
                ProblemType.QUEUE_FULL,
                detail,
                List.of(),
                members,
                List.of(HeaderValues.create(HeaderNames.RETRY_AFTER, retryAfterSeconds)));
    }

    ProblemType type() {
        return type;
    }

    /** One sentence for the client. */
    String detail() {
        return String.valueOf(getMessage());
    }

    List<Problem> errors() {
        return errors;
    }

    /** Further members of the problem, in order. */
    Map<String, Object> members() {
        return members;
    }

    List<Header> headers() {
        return headers;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
