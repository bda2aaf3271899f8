package dev.millrace.server.http;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** The page at {@code /} and {@code /openapi.yaml}: files of the class path, read once. */
final class PageRoutes {
    private static final String FOLDER = "/dev/millrace/server/http/";

    /** Nothing from elsewhere, nothing inline, and in nobody's frame. */
    private static final Header POLICY =
            HeaderValues.createCached(
                    "Content-Security-Policy",
                    "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action"
                            + " 'none'");

    private static final Header NO_REFERRER =
            HeaderValues.createCached("Referrer-Policy", "no-referrer");
    private static final Header REVALIDATE =
            HeaderValues.createCached(HeaderNames.CACHE_CONTROL, "no-cache");

    void addTo(Routes routes) {
        file(routes, "/", "index.html", "text/html; charset=utf-8");
        file(routes, "/page.css", "page.css", "text/css; charset=utf-8");
        file(routes, "/page.js", "page.js", "text/javascript; charset=utf-8");
        file(routes, "/icon.svg", "icon.svg", "image/svg+xml");
        file(routes, "/openapi.yaml", "openapi.yaml", "application/yaml");
    }

    private static void file(Routes routes, String path, String name, String type) {
        byte[] content = read(name);
        Header contentType = HeaderValues.createCached(HeaderNames.CONTENT_TYPE, type);
        routes.add(
                Method.GET,
                path,
                (request, response) -> send(request, response, contentType, content));
    }

    private static void send(
            ServerRequest request, ServerResponse response, Header type, byte[] content) {
        response.header(POLICY);
        response.header(NO_REFERRER);
        response.header(REVALIDATE);
        Answers.send(request, response, Status.OK_200, type, content);
    }

    static byte[] read(String name) {
        try (InputStream in = PageRoutes.class.getResourceAsStream(FOLDER + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read", e);
        }
    }
}
