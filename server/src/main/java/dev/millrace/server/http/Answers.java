package dev.millrace.server.http;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** Sends responses. To HEAD goes what GET would get, without the body. */
final class Answers {
    static final Header JSON =
            HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/json");
    static final Header PROBLEM =
            HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/problem+json");

    /** Numbers are of this moment. */
    private static final Header NO_STORE =
            HeaderValues.createCached(HeaderNames.CACHE_CONTROL, "no-store");

    private static final Header NO_SNIFF =
            HeaderValues.createCached("X-Content-Type-Options", "nosniff");

    private Answers() {}

    static void json(ServerRequest request, ServerResponse response, JsonBody.Members members) {
        json(request, response, Status.OK_200, members);
    }

    static void json(
            ServerRequest request,
            ServerResponse response,
            Status status,
            JsonBody.Members members) {
        json(request, response, status, JsonBody.object(members));
    }

    /**
     * @param body JSON in UTF-8
     */
    static void json(ServerRequest request, ServerResponse response, Status status, byte[] body) {
        response.header(NO_STORE);
        send(request, response, status, JSON, body);
    }

    /**
     * Sends a whole response. What the client still wants to send is not waited for: the connection
     * is closed after the response.
     *
     * @throws CloseConnectionException if the client has gone
     */
    static void send(
            ServerRequest request,
            ServerResponse response,
            Status status,
            Header contentType,
            byte[] body) {
        response.status(status);
        response.header(contentType);
        response.header(NO_SNIFF);
        if (!request.content().consumed()) {
            response.header(HeaderValues.CONNECTION_CLOSE);
        }
        try {
            if (request.prologue().method().equals(Method.HEAD)) {
                response.header(HeaderNames.CONTENT_LENGTH, Integer.toString(body.length));
                response.send();
            } else {
                response.send(body);
            }
        } catch (ServerConnectionException gone) {
            throw new CloseConnectionException("the client has gone", gone);
        }
    }

    /** Says that what the client has is still so. */
    static void notModified(ServerResponse response) {
        response.status(Status.NOT_MODIFIED_304);
        response.header(NO_SNIFF);
        response.send();
    }

    /** Whether this response is the last of its connection. */
    static boolean isLast(ServerRequest request, ServerResponse response) {
        ServerRequestHeaders asked = request.headers();
        return asked.containsToken(HeaderValues.CONNECTION_CLOSE)
                || response.headers().containsToken(HeaderValues.CONNECTION_CLOSE);
    }
}
