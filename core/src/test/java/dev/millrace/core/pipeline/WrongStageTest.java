package dev.millrace.core.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.stream.Stream;

/** What is said of windows, values, lookups, detectors and handlers that cannot run. */
class WrongStageTest {
    private static final String AGGREGATE = "pipeline: p\nstages:\n- name: a\n  aggregate: ";

    private static final String WATCHED =
            """
            pipeline: p
            stages:
            - {name: views, aggregate: {window: {tumbling: 5m}, values: {n: count, pages: {top: data.path}}}}
            - {name: sessions, aggregate: {window: {session: 5m}, values: {n: count}}}
            - {name: a,\
            """;

    private static List<String> problems(String text) {
        return switch (DefinitionReader.read(text, SchemaSource.NONE)) {
            case DefinitionReader.Valid _ -> List.of();
            case DefinitionReader.Invalid invalid ->
                    invalid.problems().stream()
                            .map(one -> one.pointer() + ": " + one.detail())
                            .toList();
        };
    }

    static Stream<Arguments> wrongWindows() {
        return Stream.of(
                arguments(
                        "{tumbling: 0s}",
                        "/stages/0/aggregate/window/tumbling: must be 1ms to 366d, is " + "'0s'"),
                arguments("{sliding: 5m}", "/stages/0/aggregate/window: 'sliding' needs 'every'"),
                arguments(
                        "{sliding: 5m, every: 0s}",
                        "/stages/0/aggregate/window/every: must be 1ms to 366d, is '0s'"),
                arguments(
                        "{sliding: 5m, every: 7s}",
                        "/stages/0/aggregate/window/every: 'every' must divide the "
                                + "window's size, but 7s does not divide 5m"),
                arguments(
                        "{sliding: 5m, every: 10m}",
                        "/stages/0/aggregate/window/every: 'every' must divide the "
                                + "window's size, but 10m does not divide 5m"),
                arguments(
                        "{sliding: 366d, every: 1ms}",
                        "/stages/0/aggregate/window/every: a window can start at most "
                                + "1000000 times in its size, not every 1ms of 366d"),
                arguments(
                        "{every: 1s}",
                        "/stages/0/aggregate/window: a window needs one of tumbling, "
                                + "sliding, session\n/stages/0/aggregate/window/every: 'every' "
                                + "goes with 'sliding'"),
                arguments(
                        "{tumbling: 5m, every: 1m}",
                        "/stages/0/aggregate/window/every: 'every' goes with 'sliding'"),
                arguments(
                        "{tumbling: 5m, sliding: 5m, every: 1m}",
                        "/stages/0/aggregate/window: a window is one of tumbling, "
                                + "sliding, session, this is tumbling and sliding"),
                arguments(
                        "{session: 0s}",
                        "/stages/0/aggregate/window/session: must be 1ms to 366d, is " + "'0s'"),
                arguments(
                        "{session: 30m, zone: Europe/Berlin}",
                        "/stages/0/aggregate/window/zone: 'zone' goes with tumbling or "
                                + "sliding: sessions follow no calendar"),
                arguments(
                        "{tumbling: 1d, zone: Europe/Bärlin}",
                        "/stages/0/aggregate/window/zone: must be a time zone like "
                                + "Europe/Berlin or UTC, is 'Europe/Bärlin'"),
                arguments(
                        "{tumbling: 7m, zone: Europe/Berlin}",
                        "/stages/0/aggregate/window/tumbling: with a zone, 'tumbling' "
                                + "must divide a day or be whole days, is 7m"),
                arguments(
                        "{sliding: 14m, every: 7m, zone: Europe/Berlin}",
                        "/stages/0/aggregate/window/every: with a zone, 'every' must "
                                + "divide a day or be whole days, is 7m"),
                arguments(
                        "{}",
                        "/stages/0/aggregate/window: a window needs one of tumbling, "
                                + "sliding, session"),
                arguments(
                        "{hopping: 5m}",
                        "/stages/0/aggregate/window/hopping: unknown key 'hopping'. "
                                + "Allowed: tumbling, sliding, every, session, zone"));
    }

    @ParameterizedTest
    @MethodSource
    void wrongWindows(String window, String expected) {
        assertThat(problems(AGGREGATE + "{window: " + window + ", values: {n: count}}"))
                .containsExactly(expected.split("\n"));
    }

    static Stream<Arguments> wrongValues() {
        return Stream.of(
                arguments(
                        "distinct",
                        "/stages/0/aggregate/values/n: 'distinct' needs a field, like "
                                + "{distinct: data.bytes}"),
                arguments(
                        "quantile",
                        "/stages/0/aggregate/values/n: 'quantile' needs a field, like "
                                + "{quantile: data.bytes, q: 0.95}"),
                arguments(
                        "{distinct: data}",
                        "/stages/0/aggregate/values/n/distinct: 'data' is a whole "
                                + "object; name a field in it, like data.url"),
                arguments(
                        "{distinct: data.a, q: 0.5}",
                        "/stages/0/aggregate/values/n/q: 'q' goes with 'quantile'"),
                arguments(
                        "{quantile: data.a}", "/stages/0/aggregate/values/n: 'quantile' needs 'q'"),
                arguments(
                        "{quantile: data.a, q: 0}",
                        "/stages/0/aggregate/values/n/q: must be a number between 0 and "
                                + "1, both excluded, is the number 0"),
                arguments(
                        "{quantile: data.a, q: 1}",
                        "/stages/0/aggregate/values/n/q: must be a number between 0 and "
                                + "1, both excluded, is the number 1"),
                arguments(
                        "{quantile: data.a, q: -0.5}",
                        "/stages/0/aggregate/values/n/q: must be a number between 0 and "
                                + "1, both excluded, is the number -0.5"),
                arguments(
                        "{quantile: data.a, q: half}",
                        "/stages/0/aggregate/values/n/q: must be a number between 0 and "
                                + "1, both excluded, is 'half'"),
                arguments(
                        "{quantile: source, q: 0.5}",
                        "/stages/0/aggregate/values/n/quantile: 'source' is never a "
                                + "number; name a field in data, like data.bytes, or timestamp"),
                arguments(
                        "{top: data.a, k: 0}",
                        "/stages/0/aggregate/values/n/k: must be a whole number, 1 to "
                                + "1000, is the number 0"),
                arguments(
                        "{top: data.a, k: 1001}",
                        "/stages/0/aggregate/values/n/k: must be a whole number, 1 to "
                                + "1000, is the number 1001"),
                arguments(
                        "{top: data.a, k: 10, q: 0.5}",
                        "/stages/0/aggregate/values/n/q: 'q' goes with 'quantile'"),
                arguments(
                        "{top: data.a, n: 10}",
                        "/stages/0/aggregate/values/n/n: unknown key 'n', did you mean "
                                + "'q'? Allowed: sum, avg, min, max, distinct, quantile, q, top, "
                                + "k"),
                arguments(
                        "{sum: data.a, avg: data.a}",
                        "/stages/0/aggregate/values/n: a value is one of sum, avg, min, "
                                + "max, distinct, quantile, top, this is sum and avg"),
                arguments(
                        "{}",
                        "/stages/0/aggregate/values/n: a value needs one of sum, avg, "
                                + "min, max, distinct, quantile, top"));
    }

    @ParameterizedTest
    @MethodSource
    void wrongValues(String value, String expected) {
        assertThat(problems(AGGREGATE + "{window: {tumbling: 5m}, values: {n: " + value + "}}"))
                .containsExactly(expected.split("\n"));
    }

    static Stream<Arguments> wrongStages() {
        return Stream.of(
                arguments(
                        "explode: [data.a]",
                        "/stages/2/explode: must be a field like source or data.url, is "
                                + "a list"),
                arguments(
                        "explode: source",
                        "/stages/2/explode: must be a list in data, like data.items, is "
                                + "'source'"),
                arguments(
                        "explode: data",
                        "/stages/2/explode: must be a list in data, like data.items, is "
                                + "'data'"),
                arguments(
                        "enrich: sites.csv",
                        "/stages/2/enrich: must be a mapping like {table: sites.csv, "
                                + "match: source, into: data.site}, is 'sites.csv'"),
                arguments(
                        "enrich: {}",
                        "/stages/2/enrich: enrich needs one of table, postgres, "
                                + "http\n/stages/2/enrich: 'match' is "
                                + "missing\n/stages/2/enrich: 'into' is missing"),
                arguments(
                        "enrich: {table: '', match: source, into: data.site}",
                        "/stages/2/enrich/table: must be the name of a file, is ''"),
                arguments(
                        "enrich: {table: a.csv, http: {url: 'http://a/{value}'}, match: "
                                + "source, into: data.site}",
                        "/stages/2/enrich: enrich is one of table, postgres, http, this "
                                + "is table and http"),
                arguments(
                        "enrich: {table: a.csv, match: data, into: data}",
                        "/stages/2/enrich/match: 'data' is a whole object; name a field "
                                + "in it, like data.url\n/stages/2/enrich/into: must be a field "
                                + "in data, like data.site, is 'data'"),
                arguments(
                        "enrich: {table: a.csv, match: source, into: source}",
                        "/stages/2/enrich/into: must be a field in data, like "
                                + "data.site, is 'source'"),
                arguments(
                        "enrich: {table: a.csv, match: source, into: data.site, "
                                + "onMissing: drop}",
                        "/stages/2/enrich/onMissing: unknown policy 'drop'. Allowed: "
                                + "pass, dead-letter"),
                arguments(
                        "enrich: {table: a.csv, match: source, into: data.site, "
                                + "timeout: 1s, retry: {attempts: 3}}",
                        "/stages/2/enrich/timeout: 'timeout' has no meaning for a "
                                + "table\n/stages/2/enrich/retry: 'retry' has no meaning for a "
                                + "table"),
                arguments(
                        "enrich: {table: '${a b}.csv', match: source, into: data.site}",
                        "/stages/2/enrich/table: must be a text in which every ${ "
                                + "begins a variable like ${NAME}, is '${a b}.csv'"),
                arguments(
                        "enrich: {http: {url: 'ftp://a/{value}'}, match: source, into: "
                                + "data.site}",
                        "/stages/2/enrich/http/url: must be a URL with {value} in it, "
                                + "like https://example.org/sites/{value}, is 'ftp://a/{value}'"),
                arguments(
                        "enrich: {http: {url: 'http://a/'}, match: source, into: " + "data.site}",
                        "/stages/2/enrich/http/url: must be a URL with {value} in it, "
                                + "like https://example.org/sites/{value}, is 'http://a/'"),
                arguments(
                        "enrich: {http: {url: 'http://a/{value}', headers: {a: 1}}, "
                                + "match: source, into: data.site}",
                        "/stages/2/enrich/http/headers/a: must be a header's value, is "
                                + "the number 1"),
                arguments(
                        "enrich: {http: {url: 'http://a/{value}'}, column: id, match: "
                                + "source, into: data.site}",
                        "/stages/2/enrich/column: 'column' goes with 'table'"),
                arguments(
                        "enrich: {http: {url: 'http://a/{value}'}, match: source, into: "
                                + "data.site, timeout: 0s}",
                        "/stages/2/enrich/timeout: must be 1ms to 1m, is '0s'"),
                arguments(
                        "enrich: {http: {url: 'http://a/{value}'}, match: source, into: "
                                + "data.site, retry: {attempts: 0, backoff: 2m}}",
                        "/stages/2/enrich/retry/attempts: must be a whole number, 1 to "
                                + "10, is the number 0\n/stages/2/enrich/retry/backoff: must be "
                                + "0s to 1m, is '2m'"),
                arguments(
                        "enrich: {http: {url: 'http://a/{value}'}, match: source, into: "
                                + "data.site, retry: {backoff: 1s}}",
                        "/stages/2/enrich/retry: 'attempts' is missing"),
                arguments(
                        "enrich: {http: {url: 'http://a/{value}'}, match: source, into: "
                                + "data.site, cache: {size: -1, age: 5}}",
                        "/stages/2/enrich/cache/size: must be a whole number, 0 to "
                                + "10000000, is the number -1\n/stages/2/enrich/cache/age: must "
                                + "be a duration like 250ms, 5s, 1m, 1h or 7d, is the number 5"),
                arguments(
                        "enrich: {postgres: {url: 'mysql://a', query: 'select 1'}, "
                                + "match: source, into: data.site}",
                        "/stages/2/enrich/postgres/url: must be a URL like "
                                + "postgresql://host/database, is "
                                + "'mysql://a'\n/stages/2/enrich/postgres/query: must be a query "
                                + "with one ? for the value, like SELECT name FROM sites WHERE id "
                                + "= ?, is 'select 1'"),
                arguments(
                        "enrich: {postgres: {url: '${URL}'}, match: source, into: " + "data.site}",
                        "/stages/2/enrich/postgres: 'query' is missing"),
                arguments(
                        "detect: {of: nothing, value: n}",
                        "/stages/2/detect/of: there is no aggregate 'nothing' that "
                                + "could be watched"),
                arguments(
                        "detect: {of: views, value: visits}",
                        "/stages/2/detect/value: views has no value 'visits', but n, " + "pages"),
                arguments(
                        "detect: {of: views, value: pages}",
                        "/stages/2/detect/value: 'pages' is a list, and only numbers "
                                + "can be watched"),
                arguments(
                        "detect: {of: sessions, value: n}",
                        "/stages/2/detect/value: only tumbling aggregates can be "
                                + "watched, and sessions is none"),
                arguments(
                        "detect: {of: views, value: n, sensitivity: 0}",
                        "/stages/2/detect/sensitivity: must be a number above 0, is the "
                                + "number 0"),
                arguments(
                        "detect: {of: views, value: n, minimum: many}",
                        "/stages/2/detect/minimum: must be a number, is 'many'"),
                arguments(
                        "detect: views",
                        "/stages/2/detect: must be a mapping like {of: views, value: "
                                + "views}, is 'views'"),
                arguments(
                        "handler: {}",
                        "/stages/2/handler: must be the class name of a plug-in, like "
                                + "com.example.Geo, is a mapping"),
                arguments(
                        "handler: com.example.Geo, config: 5",
                        "/stages/2/config: must be a mapping for the plug-in, is the "
                                + "number 5"),
                arguments(
                        "handler: com.example.Geo, timeout: 1h",
                        "/stages/2/timeout: must be 1ms to 10m, is '1h'"),
                arguments(
                        "filter: 'true', config: {a: 1}",
                        "/stages/2/config: 'config' goes with 'handler'"),
                arguments(
                        "filter: 'true', timeout: 1s, retry: {attempts: 2}",
                        "/stages/2/timeout: 'timeout' goes with "
                                + "'handler'\n/stages/2/retry: 'retry' goes with 'handler'"));
    }

    @ParameterizedTest
    @MethodSource
    void wrongStages(String stage, String expected) {
        assertThat(problems(WATCHED + stage + "}")).containsExactly(expected.split("\n"));
    }
}
