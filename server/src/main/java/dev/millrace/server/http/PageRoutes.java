package dev.millrace.server.http;

import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The dashboard, at {@code /} and {@code /dashboard/…}, and {@code /openapi.yaml}: files of the
 * class path, each read once. Under {@code /dashboard/uplot/} are the charts, from their own jar.
 */
final class PageRoutes {
    static final String OPENAPI = "/dev/millrace/server/http/openapi.yaml";

    private static final String DASHBOARD = "/dashboard/";
    private static final String CHARTS = "/META-INF/resources/webjars/uplot/1.6.30/dist/";
    private static final String CHARTS_FOLDER = "uplot";

    /** No dot begins a name, so that no path leads out of a folder. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,100}");

    /** Only what is there is kept. */
    private final Map<String, StaticFile> files = new ConcurrentHashMap<>();

    void addTo(Routes routes) {
        routes.add(
                        Method.GET,
                        "/",
                        (request, response) -> send(DASHBOARD + "index.html", request, response))
                .add(Method.GET, "/dashboard/{file}", this::file)
                .add(Method.GET, "/dashboard/{folder}/{file}", this::fileInFolder)
                .add(
                        Method.GET,
                        "/openapi.yaml",
                        (request, response) -> send(OPENAPI, request, response));
    }

    private void file(ServerRequest request, ServerResponse response) {
        send(DASHBOARD + name(request, "file"), request, response);
    }

    private void fileInFolder(ServerRequest request, ServerResponse response) {
        String folder = name(request, "folder");
        String path = folder.equals(CHARTS_FOLDER) ? CHARTS : DASHBOARD + folder + "/";
        send(path + name(request, "file"), request, response);
    }

    private static String name(ServerRequest request, String parameter) {
        String name = request.path().pathParameters().get(parameter);
        if (!NAME.matcher(name).matches()) {
            throw missing();
        }
        return name;
    }

    private void send(String resource, ServerRequest request, ServerResponse response) {
        StaticFile file = files.get(resource);
        if (file == null) {
            file = StaticFile.find(resource).orElseThrow(PageRoutes::missing);
            files.put(resource, file);
        }
        file.send(request, response);
    }

    private static Refusal missing() {
        return new Refusal(ProblemType.NOT_FOUND, "The dashboard has no such file.");
    }
}
