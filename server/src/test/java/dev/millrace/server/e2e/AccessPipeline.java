package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.millrace.server.cli.MillraceCommand;
import dev.millrace.testing.server.Ledger;
import dev.millrace.testing.server.ServerApi;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The pipeline {@code access}, which counts an access log's views by path and five minutes, who is
 * online, and visits.
 */
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
                aggregate:
                  window: {tumbling: 5m}
                  by: [data.path]
                  values: {views: count, bytes: {sum: data.bytes}, visitors: {distinct: data.ip}}
              - name: online
                aggregate: {window: {sliding: 5m, every: 1m}, values: {visitors: {distinct: data.ip}}, keep: 90d}
              - name: visits
                aggregate: {window: {session: 30m}, by: [data.ip], values: {pages: count, bytes: {sum: data.bytes}}}
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
        return run(arguments.toArray(String[]::new));
    }

    /** Runs a command of {@code millrace} in this process. */
    static Import run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode =
                MillraceCommand.run(
                        arguments, Map.of(), new PrintWriter(out), new PrintWriter(err));
        return new Import(exitCode, out.toString().strip(), err.toString().strip());
    }

    Ledger ledger() {
        return api.ledger(NAME);
    }

    /** The rows, all final: window, path, views, bytes and visitors, between tabs. */
    List<String> views() {
        return lines(
                "views",
                row ->
                        List.of(
                                row.start(),
                                row.group("data.path"),
                                row.value("views", ""),
                                row.value("bytes", "0"),
                                row.value("visitors", "")));
    }

    /** The rows, all final: window and visitors, between tabs. */
    List<String> online() {
        return lines("online", row -> List.of(row.start(), row.value("visitors", "")));
    }

    /** The rows, all final: start, end, address, pages and bytes, between tabs. */
    List<String> visits() {
        return lines(
                "visits",
                row ->
                        List.of(
                                row.start(),
                                row.end(),
                                row.group("data.ip"),
                                row.value("pages", ""),
                                row.value("bytes", "")));
    }

    private List<String> lines(String aggregate, Function<SeenRow, List<String>> columns) {
        return api.rows(NAME, aggregate).stream()
                .map(row -> {
                    assertThat(row).containsEntry("final", true);
                    return String.join("\t", columns.apply(new SeenRow(row)));
                })
                .toList();
    }

    /** A row as the server shows it. */
    private record SeenRow(Map<String, Object> row) {
        String start() {
            return String.valueOf(row.get("windowStart"));
        }

        String end() {
            return String.valueOf(row.get("windowEnd"));
        }

        String group(String field) {
            return String.valueOf(((Map<?, ?>) row.get("group")).get(field));
        }

        String value(String name, String ofNothing) {
            Object value = ((Map<?, ?>) row.get("values")).get(name);
            return value == null ? ofNothing : String.valueOf(value);
        }
    }

    /** The lines that were no events, byte for byte. */
    List<String> rejectedLines() {
        return api.letters(NAME, "invalid").stream()
                .map(letter -> Base64.getDecoder().decode((String) letter.get("raw")))
                .map(raw -> new String(raw, ISO_8859_1))
                .toList();
    }
}
