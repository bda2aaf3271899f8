package dev.millrace.server.client;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a server answered.
 *
 * @param status the HTTP status
 * @param body the JSON of the answer; {@link MissingNode} if it was no JSON
 * @param retryAfterSeconds the whole seconds of {@code Retry-After}, where it was there
 */
public record Reply(int status, JsonNode body, OptionalLong retryAfterSeconds) {
    private static final ObjectMapper JSON = JsonMapper.shared();

    /** One of the errors of an RFC 9457 problem. */
    public record Flaw(String pointer, OptionalInt line, String detail) {}

    static Reply of(HttpResponse<byte[]> response) {
        return new Reply(
                response.statusCode(),
                parse(response.body()),
                seconds(response.headers().firstValue("Retry-After").orElse(null)));
    }

    private static JsonNode parse(byte[] body) {
        try {
            return body.length == 0 ? MissingNode.getInstance() : JSON.readTree(body);
        } catch (JacksonException _) {
            return MissingNode.getInstance();
        }
    }

    private static OptionalLong seconds(@Nullable String retryAfter) {
        return retryAfter != null && retryAfter.matches("[0-9]{1,9}")
                ? OptionalLong.of(Long.parseLong(retryAfter))
                : OptionalLong.empty();
    }

    /** Whether the server did what was asked. */
    public boolean succeeded() {
        return status >= 200 && status < 300;
    }

    /**
     * The error code: {@code queue-full} of {@code urn:millrace:queue-full}; empty if there is
     * none.
     */
    public String code() {
        String type = body.path("type").asString("");
        return type.substring(type.lastIndexOf(':') + 1);
    }

    /** What is wrong, in one sentence, as the server tells it. */
    public String detail() {
        String detail = body.path("detail").asString("");
        return detail.isEmpty() ? "the server answered " + status : detail;
    }

    /** The single errors, in the order in which the server lists them. */
    public List<Flaw> errors() {
        return body.path("errors").valueStream().map(Reply::flaw).toList();
    }

    private static Flaw flaw(JsonNode error) {
        JsonNode line = error.path("line");
        return new Flaw(
                error.path("pointer").asString(""),
                line.isIntegralNumber() ? OptionalInt.of(line.asInt()) : OptionalInt.empty(),
                error.path("detail").asString(""));
    }
}
