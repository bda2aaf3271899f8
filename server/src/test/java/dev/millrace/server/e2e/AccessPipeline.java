package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.millrace.server.cli.MillraceCommand;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** The pipeline {@code access}, which counts an access log's views by path and five minutes. */
final class AccessPipeline {
    static final String NAME = "access";

    private static final String DEFINITION =
            """
            pipeline: access
            key: data.ip
            outOfOrder: 1m
            stages:
              - {name: humans, filter: "!has(data.ua) || data.ua == null || !data.ua.contains('bot')"}
              - name: views
                aggregate: {window: {tumbling: 5m}, by: [data.path], values: {views: count, bytes: {sum: data.bytes}}}
            """;

    private final ServerApi api;

    private AccessPipeline(ServerApi api) {
        this.api = api;
    }

    /** Puts the definition, which changes nothing where it is already. */
    static AccessPipeline on(ServerApi api) {
        assertThat(api.put(NAME, DEFINITION).status()).isIn(200, 201);
        return new AccessPipeline(api);
    }

    /** How a run of {@code millrace import} ended, and what it said. */
    record Import(int exitCode, String out, String err) {}

    /** Imports a log with {@code --advance}. */
    Import importLog(AccessLog log, String... more) {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("import", log.file().toString()));
        arguments.addAll(List.of("--pipeline", NAME, "--format", "combined"));
        arguments.addAll(List.of("--source", "semicomplete", "--advance"));
        arguments.addAll(List.of("--server", api.address().toString()));
        arguments.addAll(List.of(more));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode =
                MillraceCommand.run(
                        arguments.toArray(String[]::new),
                        Map.of(),
                        new PrintWriter(out),
                        new PrintWriter(err));
        return new Import(exitCode, out.toString().strip(), err.toString().strip());
    }

    Ledger ledger() {
        return api.ledger(NAME);
    }

    /** The rows, all final: window, path, views and bytes, between tabs. */
    List<String> views() {
        return api.rows(NAME, "views").stream().map(AccessPipeline::line).toList();
    }

    private static String line(Map<String, Object> row) {
        assertThat(row).containsEntry("final", true);
        Map<?, ?> group = (Map<?, ?>) row.get("group");
        Map<?, ?> values = (Map<?, ?>) row.get("values");
        Object bytes = values.get("bytes");
        return "%s\t%s\t%s\t%s"
                .formatted(
                        row.get("windowStart"),
                        group.get("data.path"),
                        values.get("views"),
                        bytes == null ? 0 : bytes);
    }

    /** The lines that were no events, byte for byte. */
    List<String> rejectedLines() {
        return api.letters(NAME, "invalid").stream()
                .map(letter -> Base64.getDecoder().decode((String) letter.get("raw")))
                .map(raw -> new String(raw, ISO_8859_1))
                .toList();
    }
}
