package dev.millrace.server.client;

import dev.millrace.core.MillraceException;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpTimeoutException;

/** No answer came. If the request was on its way already, what the server made of it is unknown. */
public final class UnreachableException extends MillraceException {
    private static final long serialVersionUID = 1L;

    UnreachableException(URI server, IOException cause) {
        super(message(server, cause), cause);
    }

    private static String message(URI server, IOException cause) {
        return switch (cause) {
            case HttpTimeoutException _ ->
                    "%s did not answer in time; see whether the server is well".formatted(server);
            case ConnectException _ ->
                    ("no server answers at %s; start one with `millrace serve`, or name another with"
                                    + " --server")
                            .formatted(server);
            default ->
                    "the connection to %s broke (%s); see whether the server is well"
                            .formatted(server, cause.getMessage());
        };
    }
}
