package dev.millrace.server.http;

import dev.millrace.core.event.BodyFormat;

import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;

import java.util.Locale;
import java.util.Optional;

/** Reads {@code Content-Type}. */
final class MediaTypes {
    private static final String EVENTS = "application/json, application/x-ndjson";
    private static final String DEFINITIONS =
            "application/yaml, application/x-yaml, text/yaml, application/json";

    private MediaTypes() {}

    /**
     * How the events of a body are written.
     *
     * @throws Refusal if the type is none of those for events
     */
    static BodyFormat ofEvents(ServerRequestHeaders headers) {
        return switch (essence(headers, EVENTS)) {
            case "application/json" -> BodyFormat.JSON;
            case "application/x-ndjson" -> BodyFormat.NDJSON;
            case String other -> throw unsupported(other, EVENTS);
        };
    }

    /**
     * Checks the type of a definition. YAML and JSON are told apart by the text itself.
     *
     * @throws Refusal if the type is none of those for definitions
     */
    static void requireDefinition(ServerRequestHeaders headers) {
        switch (essence(headers, DEFINITIONS)) {
            case "application/yaml", "application/x-yaml", "text/yaml", "application/json" -> {}
            case String other -> throw unsupported(other, DEFINITIONS);
        }
    }

    /**
     * Checks the type of a small body, where there is one.
     *
     * @throws Refusal if it is not JSON
     */
    static void requireJson(ServerRequestHeaders headers) {
        String essence = essence(headers, "application/json");
        if (!essence.equals("application/json")) {
            throw unsupported(essence, "application/json");
        }
    }

    /** Type and subtype in lower case, of a type whose charset is UTF-8. */
    private static String essence(ServerRequestHeaders headers, String allowed) {
        Optional<String> header = headers.first(HeaderNames.CONTENT_TYPE);
        String type =
                header.orElseThrow(() ->
                        new Refusal(
                                ProblemType.UNSUPPORTED_MEDIA_TYPE,
                                "There is no Content-Type; allowed: " + allowed + "."));
        int semicolon = type.indexOf(';');
        if (semicolon < 0) {
            return type.strip().toLowerCase(Locale.ROOT);
        }
        for (String parameter : type.substring(semicolon + 1).split(";")) {
            String[] pair = parameter.strip().toLowerCase(Locale.ROOT).split("=", 2);
            if (pair[0].equals("charset") && !isUtf8(pair.length == 2 ? pair[1] : "")) {
                throw new Refusal(
                        ProblemType.UNSUPPORTED_MEDIA_TYPE,
                        "The charset of '" + type + "' is not taken; allowed: utf-8.");
            }
        }
        return type.substring(0, semicolon).strip().toLowerCase(Locale.ROOT);
    }

    private static boolean isUtf8(String charset) {
        String bare = charset.replace("\"", "").strip();
        return bare.equals("utf-8") || bare.equals("utf8");
    }

    private static Refusal unsupported(String found, String allowed) {
        return new Refusal(
                ProblemType.UNSUPPORTED_MEDIA_TYPE,
                "Content-Type '" + found + "' is not taken; allowed: " + allowed + ".");
    }
}
