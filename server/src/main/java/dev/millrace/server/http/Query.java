package dev.millrace.server.http;

import io.helidon.common.uri.UriQuery;
import io.helidon.webserver.http.ServerRequest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** The query of a request, whose every parameter is known, given once, and has a value. */
final class Query {
    private final Map<String, String> parameters;

    private Query(Map<String, String> parameters) {
        this.parameters = parameters;
    }

    /**
     * Reads a query.
     *
     * @param allowed names; one that ends with a dot allows every name that begins with it
     * @throws Refusal if there is another parameter, or one is there twice
     */
    static Query of(ServerRequest request, Set<String> allowed) {
        UriQuery query = request.query();
        Map<String, String> parameters = new LinkedHashMap<>();
        Set<String> names;
        try {
            names = query.names();
        } catch (IllegalArgumentException e) {
            throw Refusal.invalidRequest("The query is not percent-encoded as it should be.");
        }
        for (String name : names) {
            if (!allowed.contains(name)
                    && !allowed.contains(name.substring(0, name.indexOf('.') + 1))) {
                throw unknown(name, allowed);
            }
            List<String> values = query.all(name);
            if (values.size() > 1) {
                throw Refusal.invalidRequest("The parameter '" + name + "' is there twice.");
            }
            parameters.put(name, values.isEmpty() ? "" : values.getFirst());
        }
        return new Query(parameters);
    }

    /** Checks that a request has no query. */
    static void none(ServerRequest request) {
        if (!request.query().isEmpty()) {
            of(request, Set.of());
        }
    }

    private static Refusal unknown(String name, Set<String> allowed) {
        if (allowed.isEmpty()) {
            return Refusal.invalidRequest(
                    "There is no parameter '" + name + "' here; none is allowed.");
        }
        return Refusal.invalidRequest(
                "There is no parameter '%s' here; allowed: %s."
                        .formatted(
                                name,
                                String.join(", ", new TreeSet<>(allowed)).replace(".,", ".*,")));
    }

    /** A parameter that is given and not empty. */
    Optional<String> text(String name) {
        return Optional.ofNullable(parameters.get(name)).filter(value -> !value.isEmpty());
    }

    /** A parameter that is given, though it may be empty. */
    Optional<String> value(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    boolean has(String name) {
        return parameters.containsKey(name);
    }

    /** A whole number, such as a time in epoch milliseconds. */
    OptionalLong number(String name) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(text.get()));
        } catch (NumberFormatException e) {
            throw Refusal.invalidRequest(
                    "The parameter '%s' must be a whole number, not '%s'."
                            .formatted(name, text.get()));
        }
    }

    /** A whole number from 1 to {@code most}. */
    int limit(int otherwise, int most) {
        long limit = number("limit").orElse(otherwise);
        if (limit < 1 || limit > most) {
            throw Refusal.invalidRequest(
                    "The parameter 'limit' must be 1 to %d, not %d.".formatted(most, limit));
        }
        return (int) limit;
    }

    /** True or false; absent is false. */
    boolean flag(String name) {
        return switch (parameters.getOrDefault(name, "false")) {
            case "true" -> true;
            case "false" -> false;
            case String other ->
                    throw Refusal.invalidRequest(
                            "The parameter '%s' must be true or false, not '%s'."
                                    .formatted(name, other));
        };
    }

    /** The parameters that begin with {@code prefix}, without it. */
    Map<String, String> startingWith(String prefix) {
        Map<String, String> found = new LinkedHashMap<>();
        parameters.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                found.put(name.substring(prefix.length()), value);
            }
        });
        return found;
    }
}
