package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The description of the API, as far as tests hold the server against it. */
final class OpenApi {
    private final JsonNode paths;

    private OpenApi(JsonNode paths) {
        this.paths = paths;
    }

    static OpenApi read() {
        try (InputStream in = OpenApi.class.getResourceAsStream(PageRoutes.OPENAPI)) {
            return new OpenApi(new YAMLMapper().readTree(in).path("paths"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every operation, written {@code GET /path/{parameter}}. */
    List<String> operations() {
        List<String> operations = new ArrayList<>();
        paths.propertyStream()
                .forEach(path ->
                        path.getValue()
                                .propertyNames()
                                .forEach(name -> {
                                    if (!name.equals("parameters")) {
                                        operations.add(
                                                name.toUpperCase(Locale.ROOT)
                                                        + " "
                                                        + path.getKey());
                                    }
                                }));
        return operations;
    }

    /** Fails if a known path answered with a status that its description does not list. */
    void requireDocumented(String method, String path, int status) {
        String name = method.equals("HEAD") ? "get" : method.toLowerCase(Locale.ROOT);
        String template = templateOf(path);
        if (template.isEmpty()) {
            assertThat(status).as("%s %s is not described", method, path).isEqualTo(404);
            return;
        }
        JsonNode operation = paths.path(template).path(name);
        if (operation.isMissingNode()) {
            assertThat(status).as("%s %s is not described", method, template).isEqualTo(405);
            return;
        }
        assertThat(operation.path("responses").propertyNames())
                .as("what %s %s may answer", method, template)
                .contains(Integer.toString(status));
    }

    /** Paths without parameters come before those that they also match. */
    private String templateOf(String path) {
        return paths.propertyNames().stream()
                .filter(template -> path.matches(template.replaceAll("\\{[a-z]+}", "[^/]+")))
                .min((a, b) -> Long.compare(parameters(a), parameters(b)))
                .orElse("");
    }

    private static long parameters(String template) {
        return template.chars().filter(c -> c == '{').count();
    }
}
