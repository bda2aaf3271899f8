package dev.millrace.core.pipeline;

import static dev.millrace.core.pipeline.Definitions.problems;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Wrong files and exactly what is said of them. Long because it is one table: a reader who wonders
 * what a mistake looks like finds it here.
 */
class WrongDefinitionTest {

    @Test
    void everyErrorOfAFileIsListedInItsOrder() {
        String file =
                """
                pipeline: Web
                partitons: 4
                outOfOrder: 5 seconds
                queueLimit: 0
                retention: {age: 7d, size: 50GB}
                stages:
                  - name: people
                    filter: "type =="
                  - name: people
                    transform:
                      data: null
                      timestamp: 5
                      data.a: "1"
                      data.a.b: "2"
                  - name: views
                    aggregate:
                      window: {sliding: 5m, every: 7s}
                      by: [url]
                      values:
                        views: cuont
                        bytes: {sum: source}
                      late: never
                  - filter: "true"
                    aggregate: {}
                sinks: {}
                """;

        assertThat(problems(file))
                .containsExactly(
                        "1 /pipeline: must be a name that matches "
                                + "[a-z][a-z0-9-]{0,62}, is 'Web'",
                        "2 /partitons: unknown key 'partitons', did you mean "
                                + "'partitions'? Allowed: pipeline, key, partitions, "
                                + "outOfOrder, maxSkew, dedupe, dedupeLimit, queueLimit, "
                                + "retention, schema, stages, sinks, "
                                + "sources",
                        "3 /outOfOrder: must be a duration like 250ms, 5s, 1m, "
                                + "1h or 7d, is '5 seconds'",
                        "4 /queueLimit: must be a whole number, 1 to "
                                + "1000000000, is the number 0",
                        "5 /retention/size: must be a size like 64KiB, 1MiB or "
                                + "50GiB, is '50GB'",
                        "8 /stages/0/filter: the expression ends too early "
                                + "(column 8 of the expression)",
                        "9 /stages/1/name: 'people' is already the name of the "
                                + "stage on line 7",
                        "11 /stages/1/transform/data: 'data' as a whole cannot "
                                + "be assigned; name a field in it, like data.section",
                        "12 /stages/1/transform/timestamp: 'timestamp' belongs "
                                + "to the event as it came in; only fields in data can "
                                + "be assigned",
                        "14 /stages/1/transform/data.a.b: 'data.a.b' lies "
                                + "inside 'data.a', which line 13 assigns",
                        "17 /stages/2/aggregate/window/every: 'every' must divide the "
                                + "window's size, but 7s does not divide 5m",
                        "18 /stages/2/aggregate/by/0: 'url' is no field of an "
                                + "event; it must be id, type, source, timestamp, data "
                                + "or data.<name>",
                        "20 /stages/2/aggregate/values/views: unknown value "
                                + "'cuont', did you mean 'count'? Allowed: count, sum, "
                                + "avg, min, max, distinct, quantile, top",
                        "21 /stages/2/aggregate/values/bytes/sum: 'source' is "
                                + "never a number; name a field in data, like "
                                + "data.bytes, or timestamp",
                        "22 /stages/2/aggregate/late: unknown policy 'never'. "
                                + "Allowed: dead-letter, correct",
                        "23 /stages/3: 'name' is missing",
                        "23 /stages/3: a stage is one of filter, transform, "
                                + "explode, enrich, aggregate, detect, handler, this is filter and aggregate",
                        "24 /stages/3/aggregate: 'window' is missing",
                        "24 /stages/3/aggregate: 'values' is missing",
                        "25 /sinks: must be a list of sinks, is a mapping");
    }

    @Test
    void theErrorsOfJsonHaveLinesToo() {
        String file =
                """
                {
                  "pipeline": "web",
                  "stages": [
                    {
                      "name": "a/b~c",
                      "transform": {
                        "data.x/y~z": []
                      }
                    }
                  ]
                }
                """;

        assertThat(problems(file))
                .containsExactly(
                        "5 /stages/0/name: must be a name that matches "
                                + "[a-zA-Z_]([a-zA-Z0-9_ -]{0,61}[a-zA-Z0-9_-])?, is 'a/b~c'",
                        "7 /stages/0/transform/data.x~1y~0z: must be an "
                                + "expression, is a list");
    }

    static Stream<Arguments> wrongSettings() {
        return Stream.of(
                arguments(
                        "pipeline: [p]",
                        "1 /pipeline: must be a name that matches "
                                + "[a-z][a-z0-9-]{0,62}, is a list"),
                arguments(
                        "pipeline: 5",
                        "1 /pipeline: must be a name that matches "
                                + "[a-z][a-z0-9-]{0,62}, is the number 5"),
                arguments(
                        "pipeline: " + "p".repeat(64),
                        "1 /pipeline: must be a name that matches "
                                + "[a-z][a-z0-9-]{0,62}, is "
                                + "'pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp'"),
                arguments(
                        "pipeline:",
                        "1 /pipeline: must be a name that matches "
                                + "[a-z][a-z0-9-]{0,62}, is empty"),
                arguments(
                        "pipeline: p\nkey: data",
                        "2 /key: 'data' is a whole object; name a field in it, " + "like data.url"),
                arguments(
                        "pipeline: p\nkey: url",
                        "2 /key: 'url' is no field of an event; it must be id, "
                                + "type, source, timestamp, data or data.<name>"),
                arguments(
                        "pipeline: p\nkey: data..url",
                        "2 /key: 'data..url' has an empty name between its " + "dots"),
                arguments(
                        "pipeline: p\nkey: source.x",
                        "2 /key: 'source.x' goes into 'source', which is a "
                                + "plain value; only data has members"),
                arguments(
                        "pipeline: p\npartitions: 257",
                        "2 /partitions: must be a whole number, 1 to 256, is " + "the number 257"),
                arguments(
                        "pipeline: p\npartitions: '4'",
                        "2 /partitions: must be a whole number, 1 to 256, is " + "'4'"),
                arguments(
                        "pipeline: p\npartitions: 1e2",
                        "2 /partitions: must be a whole number, 1 to 256, is " + "the number 1e2"),
                arguments(
                        "pipeline: p\npartitions: 99999999999999999999",
                        "2 /partitions: must be a whole number, 1 to 256, is "
                                + "the number 99999999999999999999"),
                arguments(
                        "pipeline: p\nmaxSkew: 5",
                        "2 /maxSkew: must be a duration like 250ms, 5s, 1m, 1h "
                                + "or 7d, is the number 5"),
                arguments(
                        "pipeline: p\nmaxSkew: -5s",
                        "2 /maxSkew: must be a duration like 250ms, 5s, 1m, 1h "
                                + "or 7d, is '-5s'"),
                arguments(
                        "pipeline: p\nmaxSkew: 36501d",
                        "2 /maxSkew: must be 0s to 36500d, is '36501d'"),
                arguments(
                        "pipeline: p\ndedupe: 1h30m",
                        "2 /dedupe: must be a duration like 250ms, 5s, 1m, 1h "
                                + "or 7d, is '1h30m'"),
                arguments(
                        "pipeline: p\ndedupeLimit: yes",
                        "2 /dedupeLimit: must be a whole number, 1 to " + "10000000000, is 'yes'"),
                arguments(
                        "pipeline: p\nqueueLimit: 1.5",
                        "2 /queueLimit: must be a whole number, 1 to "
                                + "1000000000, is the number 1.5"),
                arguments(
                        "pipeline: p\nretention: 7d",
                        "2 /retention: must be a mapping like {age: 7d, size: "
                                + "50GiB}, is '7d'"),
                arguments(
                        "pipeline: p\nretention: {age: 0s, size: 1KiB, count: 5}",
                        "2 /retention/age: must be 1s to 36500d, is '0s'\n"
                                + "2 /retention/size: must be 1MiB to 1048576TiB, is "
                                + "'1KiB'\n"
                                + "2 /retention/count: unknown key 'count'. Allowed: "
                                + "age, size"),
                arguments(
                        "pipeline: p\nschema: true",
                        "2 /schema: must be a JSON Schema or the name of its " + "file, is true"),
                arguments(
                        "pipeline: p\nschema: event.json",
                        "2 /schema: a schema file can only be named in a file "
                                + "of the server's pipelines folder; put the schema "
                                + "itself here"),
                arguments(
                        "pipeline: p\nschema:\n  type: objekt\n  required: id",
                        "3 /schema/type: is no JSON Schema: does not have a "
                                + "value in the enumeration [\"array\", \"boolean\", "
                                + "\"integer\", \"null\", \"number\", \"object\", \"string\"]\n"
                                + "3 /schema/type: is no JSON Schema: string found, "
                                + "array expected\n"
                                + "4 /schema/required: is no JSON Schema: string found, "
                                + "array expected"),
                arguments(
                        "pipeline: p\nschema: {$ref: '#/$defs/x'}",
                        "2 /schema: is no JSON Schema: Reference /$defs/x cannot be resolved"),
                arguments(
                        "pipeline: p\nschema: {maximum: .inf}",
                        "2 /schema/maximum: the number .inf is no finite " + "number of 64 bits"),
                arguments(
                        "pipeline: p\nStages: []",
                        "2 /Stages: unknown key 'Stages', did you mean "
                                + "'stages'? Allowed: pipeline, key, partitions, "
                                + "outOfOrder, maxSkew, dedupe, dedupeLimit, queueLimit, "
                                + "retention, schema, stages, sinks, "
                                + "sources"),
                arguments(
                        "pipeline: p\nqueue_limit: 5",
                        "2 /queue_limit: unknown key 'queue_limit', did you "
                                + "mean 'queueLimit'? Allowed: pipeline, key, "
                                + "partitions, outOfOrder, maxSkew, dedupe, dedupeLimit, "
                                + "queueLimit, retention, schema, stages, sinks, "
                                + "sources"),
                arguments(
                        "pipeline: p\nwhatever: 1",
                        "2 /whatever: unknown key 'whatever'. Allowed: "
                                + "pipeline, key, partitions, outOfOrder, maxSkew, "
                                + "dedupe, dedupeLimit, queueLimit, retention, schema, "
                                + "stages, sinks, sources"));
    }

    @ParameterizedTest
    @MethodSource
    void wrongSettings(String head, String expected) {
        assertThat(problems(head + "\nstages: []")).containsExactly(expected.split("\n"));
    }

    static Stream<Arguments> wrongStages() {
        return Stream.of(
                arguments(
                        "5",
                        "3 /stages/0: must be a mapping with a name and a "
                                + "kind, is the number 5"),
                arguments("filter: 'true'", "3 /stages/0: 'name' is missing"),
                arguments(
                        "name: a",
                        "3 /stages/0: a stage needs one of filter, transform, "
                                + "explode, enrich, aggregate, detect, handler"),
                arguments(
                        "{name: 'a ', filter: 'true'}",
                        "3 /stages/0/name: must be a name that matches "
                                + "[a-zA-Z_]([a-zA-Z0-9_ -]{0,61}[a-zA-Z0-9_-])?, is 'a '"),
                arguments(
                        "{name: a, filter: [x]}",
                        "3 /stages/0/filter: must be an expression, is a list"),
                arguments(
                        "{name: a, filter: 99999999999999999999}",
                        "3 /stages/0/filter: the number 99999999999999999999 "
                                + "is no finite number of 64 bits"),
                arguments(
                        "{name: a, fliter: 'true'}",
                        "3 /stages/0/fliter: unknown key 'fliter', did you "
                                + "mean 'filter'? Allowed: name, filter, transform, "
                                + "explode, enrich, aggregate, detect, handler, config, "
                                + "timeout, retry"),
                arguments(
                        "{name: a, transform: {}}",
                        "3 /stages/0/transform: must have 1 to 100 " + "assignments, has 0"),
                arguments(
                        "{name: a, transform: [data.a]}",
                        "3 /stages/0/transform: must be a mapping of fields to "
                                + "expressions, is a list"),
                arguments(
                        "{name: a, transform: {id: \"'x'\"}}",
                        "3 /stages/0/transform/id: 'id' belongs to the event "
                                + "as it came in; only fields in data can be assigned"),
                arguments(
                        "{name: a, transform: {url: \"'x'\", data.: 5}}",
                        "3 /stages/0/transform/url: 'url' is no field of an "
                                + "event; it must be id, type, source, timestamp, data "
                                + "or data.<name>\n"
                                + "3 /stages/0/transform/data.: 'data.' has an empty "
                                + "name between its dots"),
                arguments(
                        "{name: a, transform: {data.a: .nan, data.b: 1e999}}",
                        "3 /stages/0/transform/data.a: the number .nan is no "
                                + "finite number of 64 bits\n"
                                + "3 /stages/0/transform/data.b: the number 1e999 is no "
                                + "finite number of 64 bits"),
                arguments(
                        "{name: a, transform: {data.a.b: 1, data.a: 2}}",
                        "3 /stages/0/transform/data.a: 'data.a' contains "
                                + "'data.a.b', which line 3 assigns"));
    }

    @ParameterizedTest
    @MethodSource
    void wrongStages(String stage, String expected) {
        assertThat(problems("pipeline: p\nstages:\n- " + stage))
                .containsExactly(expected.split("\n"));
    }

    static Stream<Arguments> wrongAggregates() {
        return Stream.of(
                arguments(
                        "{}",
                        "4 /stages/0/aggregate: 'window' is missing\n"
                                + "4 /stages/0/aggregate: 'values' is missing"),
                arguments(
                        "{window: 5m, values: {n: count}}",
                        "4 /stages/0/aggregate/window: must be a mapping like "
                                + "{tumbling: 5m}, is '5m'"),
                arguments(
                        "{window: {}, values: {n: count}}",
                        "4 /stages/0/aggregate/window: a window needs one of "
                                + "tumbling, sliding, session"),
                arguments(
                        "{window: {tumbling: 0s}, values: {n: count}}",
                        "4 /stages/0/aggregate/window/tumbling: must be 1ms to " + "366d, is '0s'"),
                arguments(
                        "{window: {tumbling: 367d}, values: {n: count}}",
                        "4 /stages/0/aggregate/window/tumbling: must be 1ms to "
                                + "366d, is '367d'"),
                arguments(
                        "{window: {tumbling: 5m}, lateness: 1m, keep: 5m, values: {n: count}}",
                        "4 /stages/0/aggregate/keep: keep must be at least the "
                                + "window plus the lateness (5m + 1m), or an event that "
                                + "is not late yet finds its row gone; it is 5m"),
                arguments(
                        "{window: {tumbling: 5m}, by: source, values: {n: count}}",
                        "4 /stages/0/aggregate/by: must be a list of fields, " + "is 'source'"),
                arguments(
                        "{window: {tumbling: 5m}, by: [data, id, id], values: {n: count}}",
                        "4 /stages/0/aggregate/by/0: 'data' is a whole object; "
                                + "name a field in it, like data.url\n"
                                + "4 /stages/0/aggregate/by/2: 'id' is listed twice"),
                arguments(
                        "{window: {tumbling: 5m}, where: {}, values: {n: count}}",
                        "4 /stages/0/aggregate/where: must be an expression, " + "is a mapping"),
                arguments(
                        "{window: {tumbling: 5m}, late: drop, values: {n: count}}",
                        "4 /stages/0/aggregate/late: unknown policy 'drop'. "
                                + "Allowed: dead-letter, correct"),
                arguments(
                        "{window: {tumbling: 5m}, maxGroups: 0, values: {n: count}}",
                        "4 /stages/0/aggregate/maxGroups: must be a whole "
                                + "number, 1 to 100000000, is the number 0"),
                arguments(
                        "{window: {tumbling: 5m}, values: [count]}",
                        "4 /stages/0/aggregate/values: must be a mapping like "
                                + "{views: count, bytes: {sum: data.bytes}}, is a list"),
                arguments(
                        "{window: {tumbling: 5m}, values: {}}",
                        "4 /stages/0/aggregate/values: must have 1 to 100 " + "values, has 0"),
                arguments(
                        "{window: {tumbling: 5m}, values: {n: sum, m: distinct, o: 5}}",
                        "4 /stages/0/aggregate/values/n: 'sum' needs a field, "
                                + "like {sum: data.bytes}\n"
                                + "4 /stages/0/aggregate/values/m: 'distinct' needs a "
                                + "field, like {distinct: data.bytes}\n"
                                + "4 /stages/0/aggregate/values/o: must be count or a "
                                + "mapping like {sum: data.bytes}, is the number 5"),
                arguments(
                        "{window: {tumbling: 5m}, values: {a-1: count, 1-a: count}}",
                        "4 /stages/0/aggregate/values/1-a: must be a name that "
                                + "matches [a-zA-Z_][a-zA-Z0-9_-]{0,62}, is '1-a'"),
                arguments(
                        "{window: {tumbling: 5m}, values: {n: {sum: data, avg: data.a}}}",
                        "4 /stages/0/aggregate/values/n: a value is one of sum, "
                                + "avg, min, max, distinct, quantile, top, this is sum and "
                                + "avg"),
                arguments(
                        "{window: {tumbling: 5m}, values: {n: {}, m: {summ: data.a}}}",
                        "4 /stages/0/aggregate/values/n: a value needs one of sum, "
                                + "avg, min, max, distinct, quantile, top\n"
                                + "4 /stages/0/aggregate/values/m/summ: unknown key "
                                + "'summ', did you mean 'sum'? Allowed: sum, avg, min, "
                                + "max, distinct, quantile, q, top, k"));
    }

    @ParameterizedTest
    @MethodSource
    void wrongAggregates(String aggregate, String expected) {
        assertThat(problems("pipeline: p\nstages:\n- name: a\n  aggregate: " + aggregate))
                .containsExactly(expected.split("\n"));
    }

    static Stream<Arguments> unreadable() {
        return Stream.of(
                arguments(
                        "%YAML 2.0\n---\npipeline: p",
                        "1 : is not valid YAML or JSON: only YAML 1.x is supported"),
                arguments("", "1 : the file is empty"),
                arguments("# nothing\n", "1 : the file is empty"),
                arguments("- a", "1 : must be a mapping, is a list"),
                arguments("just text", "1 : must be a mapping, is 'just text'"),
                arguments(
                        "pipeline: p\nstages: a: b",
                        "2 : is not valid YAML or JSON: mapping values are not allowed "
                                + "here (column 10)"),
                arguments(
                        "pipeline: 'p\nstages: []",
                        "2 : is not valid YAML or JSON: found unexpected end of stream "
                                + "(column 11, while scanning a quoted scalar that "
                                + "begins on line 1)"),
                arguments(
                        "{\"pipeline\": \"p\",\n \"stages\": [}",
                        "2 : is not valid YAML or JSON: expected the node content, but "
                                + "found '}' (column 13)"),
                arguments(
                        "pipeline: p\n\tstages: []",
                        "2 : is not valid YAML or JSON: a tab cannot stand here; use "
                                + "spaces (column 1)"),
                arguments(
                        "pipeline: p\nstages: @x",
                        "2 : is not valid YAML or JSON: found character '@' that "
                                + "cannot start any token; a text that begins so needs "
                                + "quotes (column 9)"),
                arguments(
                        "pipeline: p\nkey: \u0007",
                        "2 : is not valid YAML or JSON: the character U+0007 is not " + "allowed"),
                arguments(
                        "pipeline: p\nkey: \ud83d",
                        "2 : is not valid YAML or JSON: the character U+D83D is not " + "allowed"),
                arguments(
                        "pipeline: p\n--- \nstages: []",
                        "2 : a second document begins here; a file holds one " + "pipeline"),
                arguments(
                        "pipeline: p\nstages: []\npipeline: q\nstages: 5",
                        "3 /pipeline: the key 'pipeline' is already given on "
                                + "line 1\n"
                                + "4 /stages: the key 'stages' is already given on line "
                                + "2"),
                arguments(
                        "pipeline: &p p\nkey: *p\nstages: []",
                        "2 /key: aliases (*p) are not supported; write the " + "value out"),
                arguments(
                        "pipeline: !!str p\nstages: !x []",
                        "1 /pipeline: tags (!…) are not supported; a text can "
                                + "be put in quotes instead\n"
                                + "2 /stages: tags (!…) are not supported; a text can be "
                                + "put in quotes instead"),
                arguments("? [a]\n: b\npipeline: p\nstages: []", "1 : a key must be a text"),
                arguments(
                        "pipeline: p\nstages: []\n<<: {a: 1}",
                        "3 /<<: unknown key '<<'. Allowed: pipeline, key, "
                                + "partitions, outOfOrder, maxSkew, dedupe, dedupeLimit, "
                                + "queueLimit, retention, schema, stages, sinks, "
                                + "sources"),
                arguments(
                        "pipeline: p\nstages: " + "[".repeat(100_000),
                        "2 "
                                + "/stages/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0: "
                                + "is nested more than 64 levels deep"),
                arguments(
                        "pipeline: p\n#" + "x".repeat(256 * 1024),
                        "1 : the file is larger than 256KiB"),
                arguments(
                        "pipeline: p\nstages: []\n? " + "x".repeat(1_025) + "\n: 1",
                        "3 : a key is longer than 1024 characters"));
    }

    @ParameterizedTest
    @MethodSource
    void unreadable(String file, String expected) {
        assertThat(problems(file)).containsExactly(expected.split("\n"));
    }

    @Test
    void anExpressionInABlockHasTheLineOfItsError() {
        String file =
                """
                pipeline: p
                stages:
                - name: a
                  filter: |
                    type == 'a'
                    && id ==
                """;

        assertThat(problems(file))
                .containsExactly(
                        "6 /stages/0/filter: the expression ends too early "
                                + "(column 9 of the expression)");
    }

    @Test
    void aSchemaFileThatIsMissingOrWrongIsAProblemOfTheName() {
        String file = "{pipeline: p, schema: event.json, stages: []}";

        assertThat(
                        problems(
                                file,
                                name -> {
                                    throw new SchemaSource.UnavailableException(
                                            "there is no file " + name);
                                }))
                .containsExactly("1 /schema: there is no file event.json");
    }

    @Test
    void thereAreBoundsOnHowManyOfEachThereMayBe() {
        assertThat(
                        problems(
                                "pipeline: p\nstages: ["
                                        + repeat(101, "{name: a%d, filter: true}")
                                        + "]"))
                .containsExactly("2 /stages: at most 100 are allowed, are 101");
        assertThat(
                        problems(
                                "pipeline: p\nstages: [{name: a, transform: {"
                                        + repeat(101, "data.a%d: 1")
                                        + "}}]"))
                .containsExactly(
                        "2 /stages/0/transform: must have 1 to 100 " + "assignments, has 101");
        assertThat(
                        problems(
                                "pipeline: p\nstages: [{name: a, aggregate: {window: {tumbling: 1m}, by: ["
                                        + repeat(17, "data.a%d")
                                        + "], values: {"
                                        + repeat(101, "a%d: count")
                                        + "}}}]"))
                .containsExactly(
                        "2 /stages/0/aggregate/by: at most 16 are allowed, are " + "17",
                        "2 /stages/0/aggregate/values: must have 1 to 100 " + "values, has 101");
    }

    @Test
    void ofThousandsOfErrorsTheFirstThousandAreListed() {
        List<String> problems = problems("pipeline: p\nstages: []\n" + lines(1_500, "a%d: 1"));

        assertThat(problems).hasSize(1_001);
        assertThat(problems).last().isEqualTo("- : and 500 more problems");
    }

    private static String repeat(int count, String format) {
        return IntStream.range(0, count)
                .mapToObj(format::formatted)
                .collect(Collectors.joining(", "));
    }

    private static String lines(int count, String format) {
        return IntStream.range(0, count)
                .mapToObj(format::formatted)
                .collect(Collectors.joining("\n"));
    }
}
