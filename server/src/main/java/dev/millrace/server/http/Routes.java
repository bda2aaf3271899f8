package dev.millrace.server.http;

import io.helidon.http.Method;
import io.helidon.http.PathMatchers;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The table of all routes. What is in it is guarded by {@link Problems}; a path that is in it under
 * another method gets a 405, and any other path a 404. GET answers HEAD too.
 */
final class Routes {
    /** One method of one path, with parameters in braces. */
    record Route(Method method, String path, Handler handler) {}

    private final List<Route> routes = new ArrayList<>();

    /** Routes are tried in the order in which they are added. */
    Routes add(Method method, String path, Handler handler) {
        routes.add(new Route(method, path, handler));
        return this;
    }

    List<Route> all() {
        return List.copyOf(routes);
    }

    void addTo(HttpRouting.Builder routing) {
        byPath().forEach((path, methods) -> addPath(routing, path, methods));
        routing.any(
                Problems.guard((_, _) -> {
                    throw new Refusal(
                            ProblemType.NOT_FOUND,
                            "There is nothing at this path; /openapi.yaml lists all there"
                                    + " is.");
                }));
    }

    private Map<String, List<Route>> byPath() {
        Map<String, List<Route>> byPath = new LinkedHashMap<>();
        routes.forEach(
                route -> byPath.computeIfAbsent(route.path(), _ -> new ArrayList<>()).add(route));
        return byPath;
    }

    private static void addPath(HttpRouting.Builder routing, String path, List<Route> methods) {
        List<String> allowed = new ArrayList<>();
        for (Route route : methods) {
            Handler guarded = Problems.guard(route.handler());
            routing.route(route.method(), path, guarded);
            allowed.add(route.method().text());
            if (route.method().equals(Method.GET)) {
                routing.route(Method.HEAD, path, guarded);
                allowed.add(Method.HEAD.text());
            }
        }
        routing.route(
                Method.predicate(),
                PathMatchers.create(path),
                Problems.guard(otherMethod(String.join(", ", allowed))));
    }

    private static Handler otherMethod(String list) {
        return (request, _) -> {
            throw Refusal.methodNotAllowed(request.prologue().method().text(), list);
        };
    }
}
