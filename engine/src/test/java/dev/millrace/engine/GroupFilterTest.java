package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import dev.millrace.core.aggregate.Row;
import dev.millrace.core.event.BodyFormat;
import dev.millrace.testing.MemoryStorage;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Rows of some groups against all rows, of which those are picked that are written so. */
class GroupFilterTest {
    private static final List<String> SITES =
            List.of("\"a\"", "\"ab\"", "\"\"", "\"null\"", "\"5\"", "null", "5", "true");

    private static final List<String> CODES =
            List.of("5", "5.5", "-7", "9007199254740993", "1e300", "\"5\"", "\"true\"", "true");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tumbling: 1m",
                "session: 10s",
                "{sliding: 2m, every: 1m}",
            })
    void findsAllThatIsWrittenSo(String window) {
        try (Engine engine = Engine.open(new MemoryStorage(), EngineOptions.defaults())) {
            assertThat(engine.put("web", definition(window), false))
                    .isInstanceOf(PutOutcome.Created.class);
            Pipeline web = engine.pipeline("web").orElseThrow();
            assertThat(web.ingest(events(), BodyFormat.NDJSON))
                    .isInstanceOf(IngestOutcome.Accepted.class);
            web.advance(OptionalLong.of(1_700_000_600_000L));
            List<Row> all = rows(web, Map.of());
            assertThat(all).hasSizeGreaterThan(SITES.size() * CODES.size());

            for (Map<String, String> group : asked()) {
                assertThat(rows(web, group))
                        .as(group.toString())
                        .isEqualTo(all.stream().filter(row -> isOf(row, group)).toList());
            }
            assertThat(rows(web, Map.of("data.site", "5", "data.code", "5")))
                    .hasSize(4 * rows(web, Map.of("data.site", "a", "data.code", "-7")).size());
        }
    }

    private static String definition(String window) {
        return """
        pipeline: web
        stages:
          - name: views
            aggregate:
              window: %s
              by: [data.site, data.code]
              lateness: 1h
              values: {views: count}
        """
                .formatted(window.startsWith("{") ? window : "{" + window + "}");
    }

    private static byte[] events() {
        List<String> events = new ArrayList<>();
        for (long timestampMs : List.of(1_700_000_000_000L, 1_700_000_100_000L)) {
            for (String site : SITES) {
                for (String code : CODES) {
                    events.add(
                            "{\"id\":\"%d\",\"type\":\"t\",\"source\":\"s\",\"timestamp\":%d,\"data\":{\"site\":%s,\"code\":%s}}"
                                    .formatted(events.size(), timestampMs, site, code));
                }
            }
        }
        return events.stream().collect(joining("\n")).getBytes(UTF_8);
    }

    private static List<Map<String, String>> asked() {
        List<String> texts =
                List.of(
                        "a",
                        "ab",
                        "b",
                        "",
                        "null",
                        "true",
                        "5",
                        "5.0",
                        "5.5",
                        "-7",
                        "NaN",
                        "9007199254740993",
                        "1.0E300",
                        "1e300");
        return texts.stream()
                .flatMap(text ->
                        Stream.concat(
                                Stream.of(Map.of("data.site", text), Map.of("data.code", text)),
                                texts.stream()
                                        .map(code -> Map.of("data.site", text, "data.code", code))))
                .toList();
    }

    private static boolean isOf(Row row, Map<String, String> group) {
        return group.entrySet().stream()
                .allMatch(field ->
                        String.valueOf(row.group().get(field.getKey())).equals(field.getValue()));
    }

    private static List<Row> rows(Pipeline pipeline, Map<String, String> group) {
        return pipeline.rows(
                        new RowQuery(
                                "views",
                                OptionalLong.empty(),
                                OptionalLong.empty(),
                                group,
                                false,
                                Optional.empty(),
                                Optional.empty(),
                                RowQuery.MAX_LIMIT,
                                Optional.empty()))
                .rows();
    }
}
