package dev.millrace.core.pipeline;

import static dev.millrace.core.pipeline.Definitions.valid;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.FieldPath;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Windows, values, lookups, detectors and handlers as a file says them. */
class StageReaderTest {
    private static final FieldPath SITE = FieldPath.parse("data.site");
    private static final FieldPath IP = FieldPath.parse("data.ip");

    private static Stage stage(String stage) {
        return valid("pipeline: p\nstages:\n- {name: s, " + stage + "}").stages().getFirst();
    }

    private static Stage.Aggregate aggregate(String window, String more) {
        return (Stage.Aggregate)
                stage("aggregate: {window: " + window + ", values: {n: count}" + more + "}");
    }

    @Test
    void windowsOfEveryKind() {
        ZoneId berlin = ZoneId.of("Europe/Berlin");

        assertThat(aggregate("{tumbling: 1d, zone: Europe/Berlin}", "").window())
                .isEqualTo(new Window.Tumbling(Duration.ofDays(1), Optional.of(berlin)));
        assertThat(aggregate("{sliding: 5m, every: 1s}", "").window())
                .isEqualTo(new Window.Sliding(Duration.ofMinutes(5), Duration.ofSeconds(1)));
        assertThat(aggregate("{sliding: 7d, every: 1d, zone: Europe/Berlin}", "").window())
                .isEqualTo(
                        new Window.Sliding(
                                Duration.ofDays(7), Duration.ofDays(1), Optional.of(berlin)));
        assertThat(aggregate("{session: 30m}", "").window())
                .isEqualTo(new Window.Session(Duration.ofMinutes(30)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {tumbling: 5m}                       | P90D
                    {session: 30m}                       | P90D
                    {sliding: 5m, every: 1s}             | PT1H
                    {sliding: 1d, every: 1h}             | PT24H1M
                    {tumbling: 100d}                     | PT2400H1M
                    {tumbling: 100d, zone: Asia/Tokyo}   | PT2424H1M
                    """)
    void rowsAreKeptLongEnoughWhereTheFileDoesNotSay(String window, String expected) {
        assertThat(aggregate(window, "").keep()).isEqualTo(Duration.parse(expected));
    }

    @Test
    void valuesFromSketches() {
        Stage.Aggregate aggregate =
                (Stage.Aggregate)
                        stage(
                                "aggregate: {window: {tumbling: 5m}, values: {"
                                        + "visitors: {distinct: data.ip},"
                                        + " p95: {quantile: data.ms, q: 0.95},"
                                        + " most: {top: source, k: 3}, ten: {top: data.ip}}}");

        assertThat(aggregate.values())
                .containsExactly(
                        new Value.Distinct("visitors", IP),
                        new Value.Quantile("p95", FieldPath.parse("data.ms"), 0.95),
                        new Value.Top("most", FieldPath.SOURCE, 3),
                        new Value.Top("ten", IP, 10));
    }

    @Test
    void lookupsInATable() {
        assertThat(
                        stage(
                                "enrich: {table: sites.csv, match: source, column: id, into:"
                                        + " data.site, onMissing: dead-letter}"))
                .isEqualTo(
                        new Stage.Enrich(
                                "s",
                                new LookupSource.Table("sites.csv", Optional.of("id")),
                                FieldPath.SOURCE,
                                SITE,
                                Stage.Enrich.OnMissing.DEAD_LETTER,
                                Limits.LOOKUP_TIMEOUT_DEFAULT,
                                Limits.CACHE_DEFAULT,
                                Stage.Retry.NONE));
    }

    @Test
    void lookupsOverHttp() {
        assertThat(
                        stage(
                                "enrich: {http: {url: '${GEO}/{value}', headers: {Authorization:"
                                        + " 'Bearer ${TOKEN}'}}, match: data.ip, into: data.site,"
                                        + " timeout: 500ms, cache: {size: 10, age: 1m}, retry:"
                                        + " {attempts: 3, backoff: 50ms}}"))
                .isEqualTo(
                        new Stage.Enrich(
                                "s",
                                new LookupSource.Http(
                                        "${GEO}/{value}",
                                        Map.of("Authorization", "Bearer ${TOKEN}")),
                                IP,
                                SITE,
                                Stage.Enrich.OnMissing.PASS,
                                Duration.ofMillis(500),
                                new Stage.Enrich.Cache(10, Duration.ofMinutes(1)),
                                new Stage.Retry(3, Duration.ofMillis(50))));
    }

    @Test
    void lookupsInPostgres() {
        assertThat(
                        ((Stage.Enrich)
                                        stage(
                                                "enrich: {postgres: {url: '${DB}', query: 'SELECT"
                                                        + " * FROM t WHERE id = ?'}, match: source,"
                                                        + " into: data.site, retry: {attempts: 2}}"))
                                .source())
                .isEqualTo(new LookupSource.Postgres("${DB}", "SELECT * FROM t WHERE id = ?"));
    }

    @Test
    void explodeDetectAndHandler() {
        assertThat(stage("explode: data.items"))
                .isEqualTo(new Stage.Explode("s", FieldPath.parse("data.items")));
        assertThat(
                        valid(
                                        """
                                        pipeline: p
                                        stages:
                                        - {name: surge, detect: {of: views, value: n, sensitivity: 3, minimum: 50}}
                                        - {name: views, aggregate: {window: {tumbling: 5m}, values: {n: count}}}
                                        """)
                                .stages()
                                .getFirst())
                .isEqualTo(new Stage.Detect("surge", "views", "n", 3, 50));
        assertThat(
                        stage(
                                "handler: com.example.Geo, config: {file: geo.mmdb, ttl: 5, deep:"
                                        + " {list: [1, 2.5, true]}}, timeout: 1s, retry:"
                                        + " {attempts: 2}"))
                .isEqualTo(
                        new Stage.Handle(
                                "s",
                                "com.example.Geo",
                                Map.of(
                                        "file",
                                        "geo.mmdb",
                                        "ttl",
                                        5L,
                                        "deep",
                                        Map.of("list", List.of(1L, 2.5, true))),
                                Duration.ofSeconds(1),
                                new Stage.Retry(2, Limits.RETRY_BACKOFF_DEFAULT)));
    }
}
