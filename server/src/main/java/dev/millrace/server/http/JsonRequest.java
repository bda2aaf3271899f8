package dev.millrace.server.http;

import dev.millrace.core.event.Json;
import dev.millrace.core.event.MergePatch;

import io.helidon.webserver.http.ServerRequest;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** Reads small JSON bodies: one object whose every member is known. */
final class JsonRequest {
    private final RequestBody bodies;
    private final BodyMemory memory;

    JsonRequest(RequestBody bodies, BodyMemory memory) {
        this.bodies = bodies;
        this.memory = memory;
    }

    /**
     * Reads the body; one that is empty is an empty object and needs no type.
     *
     * @throws Refusal if it is no JSON object, or has a member that is not allowed
     */
    Body read(ServerRequest request, Set<String> allowed) {
        Object value;
        byte[] body;
        try (BodyMemory.Share share = memory.share()) {
            body = bodies.read(request, share);
            if (body.length == 0) {
                return new Body(Map.of(), body);
            }
            MediaTypes.requireJson(request.headers());
            value = Json.decode(body);
        } catch (IllegalArgumentException e) {
            throw new Refusal(ProblemType.MALFORMED, "The body is no JSON: " + e.getMessage());
        }
        if (!(value instanceof Map<?, ?> members)) {
            throw Refusal.invalidRequest("The body must be a JSON object.");
        }
        for (Object name : members.keySet()) {
            if (!allowed.contains(name)) {
                throw Refusal.invalidRequest(
                        "There is no member '%s' here; allowed: %s."
                                .formatted(name, String.join(", ", new TreeSet<>(allowed))));
            }
        }
        return new Body(members, body);
    }

    /** The members of the object. Each method throws a {@link Refusal} if the type is another. */
    record Body(Map<?, ?> members, byte[] json) {
        boolean has(String name) {
            return members.get(name) != null;
        }

        OptionalLong number(String name) {
            return switch (members.get(name)) {
                case null -> OptionalLong.empty();
                case Long number -> OptionalLong.of(number);
                default -> throw wrong(name, "a whole number");
            };
        }

        OptionalDouble decimal(String name) {
            return switch (members.get(name)) {
                case null -> OptionalDouble.empty();
                case Number number -> OptionalDouble.of(number.doubleValue());
                default -> throw wrong(name, "a number");
            };
        }

        /** A merge patch, as it stands in the body. */
        byte @Nullable [] patch(String name) {
            return switch (members.get(name)) {
                case null -> null;
                case Map<?, ?> _ -> MergePatch.member(json, name);
                default -> throw wrong(name, "an object");
            };
        }

        Optional<String> text(String name) {
            return switch (members.get(name)) {
                case null -> Optional.empty();
                case String text -> Optional.of(text);
                default -> throw wrong(name, "a string");
            };
        }

        boolean flag(String name) {
            return switch (members.get(name)) {
                case null -> false;
                case Boolean flag -> flag;
                default -> throw wrong(name, "true or false");
            };
        }

        List<String> texts(String name) {
            Object value = members.get(name);
            if (value == null) {
                return List.of();
            }
            if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
                return list.stream().map(String.class::cast).toList();
            }
            throw wrong(name, "an array of strings");
        }

        private static Refusal wrong(String name, String wanted) {
            return Refusal.invalidRequest("'" + name + "' must be " + wanted + ".");
        }
    }
}
