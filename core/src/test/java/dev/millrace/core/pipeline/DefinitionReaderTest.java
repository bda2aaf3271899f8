package dev.millrace.core.pipeline;

import static dev.millrace.core.pipeline.Definitions.valid;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.FieldPath;
import dev.millrace.core.expression.Expression;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.json.JsonMapper;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

class DefinitionReaderTest {
    private static final String WEB =
            """
            pipeline: web                    # [a-z][a-z0-9-]{0,62}
            key: data.visitor
            partitions: 4
            outOfOrder: 10s
            maxSkew: 2m
            dedupe: 0s
            dedupeLimit: 5000000
            queueLimit: 1000
            retention: {age: 1d, size: 64MiB}
            schema: {type: object, required: [id], properties: {data: {minProperties: 1}}}
            stages:
              - name: people
                filter: "type == 'page_view' && !data.ua.contains('bot')"
              - name: tidy
                transform:
                  data.section: "data.path.split('/')[1]"
                  data.ip: null
              - name: views
                aggregate:
                  window: {tumbling: 5m}
                  where: "data.status < 400"
                  by: [source, data.path]
                  values:
                    views: count
                    bytes: {sum: data.bytes}
                    mean: {avg: data.load_ms}
                    first: {min: timestamp}
                    worst: {max: data.load_ms}
                  lateness: 2m
                  late: correct
                  keep: 30d
                  maxGroups: 500
            """;

    @Test
    void everythingThatAFileCanSayIsInTheModel() {
        assertThat(valid(WEB))
                .isEqualTo(
                        new PipelineDefinition(
                                "web",
                                FieldPath.parse("data.visitor"),
                                OptionalInt.of(4),
                                Duration.ofSeconds(10),
                                Duration.ofMinutes(2),
                                Duration.ZERO,
                                OptionalLong.of(5_000_000),
                                1_000,
                                new Retention(Duration.ofDays(1), 64 << 20),
                                JsonMapper.shared()
                                        .readTree(
                                                """
                                                {"type": "object", "required": ["id"],
                                                 "properties": {"data": {"minProperties": 1}}}
                                                """),
                                List.of(
                                        new Stage.Filter(
                                                "people",
                                                predicate(
                                                        "type == 'page_view' &&"
                                                                + " !data.ua.contains('bot')")),
                                        new Stage.Transform(
                                                "tidy",
                                                List.of(
                                                        assignment(
                                                                "data.section",
                                                                "data.path.split('/')[1]"),
                                                        assignment("data.ip", "null"))),
                                        new Stage.Aggregate(
                                                "views",
                                                new Window.Tumbling(Duration.ofMinutes(5)),
                                                Optional.of(predicate("data.status < 400")),
                                                List.of(
                                                        FieldPath.SOURCE,
                                                        FieldPath.parse("data.path")),
                                                List.of(
                                                        new Value.Count("views"),
                                                        new Value.Sum(
                                                                "bytes",
                                                                FieldPath.parse("data.bytes")),
                                                        new Value.Avg(
                                                                "mean",
                                                                FieldPath.parse("data.load_ms")),
                                                        new Value.Min("first", FieldPath.TIMESTAMP),
                                                        new Value.Max(
                                                                "worst",
                                                                FieldPath.parse("data.load_ms"))),
                                                Duration.ofMinutes(2),
                                                LatePolicy.CORRECT,
                                                Duration.ofDays(30),
                                                500)),
                                List.of(),
                                List.of()));
    }

    @Test
    void whatIsLeftOutHasItsDefault() {
        PipelineDefinition access =
                valid(
                        """
                        pipeline: access
                        key: data.ip
                        outOfOrder: 1m
                        stages:
                          - {name: humans, filter: "!has(data.ua) || data.ua == null || !data.ua.contains('bot')"}
                          - name: views
                            aggregate: {window: {tumbling: 5m}, by: [data.path], values: {views: count, bytes: {sum: data.bytes}}}
                        """);

        assertThat(access)
                .isEqualTo(
                        new PipelineDefinition(
                                "access",
                                FieldPath.parse("data.ip"),
                                OptionalInt.empty(),
                                Duration.ofMinutes(1),
                                Duration.ofMinutes(5),
                                Duration.ofHours(1),
                                OptionalLong.empty(),
                                100_000,
                                new Retention(Duration.ofDays(7), 50L << 30),
                                null,
                                List.of(
                                        new Stage.Filter(
                                                "humans",
                                                predicate(
                                                        "!has(data.ua) || data.ua == null ||"
                                                                + " !data.ua.contains('bot')")),
                                        new Stage.Aggregate(
                                                "views",
                                                new Window.Tumbling(Duration.ofMinutes(5)),
                                                Optional.empty(),
                                                List.of(FieldPath.parse("data.path")),
                                                List.of(
                                                        new Value.Count("views"),
                                                        new Value.Sum(
                                                                "bytes",
                                                                FieldPath.parse("data.bytes"))),
                                                Duration.ofMinutes(1),
                                                LatePolicy.DEAD_LETTER,
                                                Duration.ofDays(90),
                                                100_000)),
                                List.of(),
                                List.of()));
    }

    @Test
    void jsonIsReadLikeYaml() {
        String json =
                """
                {
                \t"pipeline":"web",\r
                \t"retention":\t{"size":\t"1GiB"},
                \t"stages":[
                \t\t{"name":"people","filter":"data.name == \\"\\u00fc\\/\\ud83d\\ude00\\""}
                \t]
                }
                """;

        assertThat(valid(json))
                .isEqualTo(
                        valid(
                                """
                                pipeline: web
                                retention: {size: 1GiB}
                                stages:
                                - name: people
                                  filter: data.name == "ü/😀"
                                """));
    }

    @Test
    void theReaderMustExtractWhatTheKeyAndTheStagesName() {
        assertThat(valid(WEB).paths().stream().map(FieldPath::toString))
                .containsExactlyInAnyOrder(
                        "data.visitor",
                        "type",
                        "data.ua",
                        "data.section",
                        "data.path",
                        "data.ip",
                        "data.status",
                        "source",
                        "data.bytes",
                        "data.load_ms",
                        "timestamp");
    }

    @Test
    void numbersAndBooleansAsExpressionsStandForThemselves() {
        PipelineDefinition definition =
                valid(
                        """
                        pipeline: p
                        stages:
                        - name: set
                          transform:
                            data.a: 0x1F
                            data.b: 1e3
                            data.c: True
                            data.d: ~
                            data.e: -7
                            data.f: "'5'"
                            data.g: .5
                        - {name: all, filter: true}
                        """);

        assertThat(definition.stages())
                .containsExactly(
                        new Stage.Transform(
                                "set",
                                List.of(
                                        assignment("data.a", "31"),
                                        assignment("data.b", "1000.0"),
                                        assignment("data.c", "true"),
                                        assignment("data.d", "null"),
                                        assignment("data.e", "-7"),
                                        assignment("data.f", "'5'"),
                                        assignment("data.g", "0.5"))),
                        new Stage.Filter("all", predicate("true")));
    }

    @Test
    void theEnvironmentIsNotReplacedInExpressions() {
        PipelineDefinition definition =
                valid("{pipeline: p, stages: [{name: f, filter: \"id == '${HOME}'\"}]}");

        assertThat(definition.stages())
                .containsExactly(new Stage.Filter("f", predicate("id == '${HOME}'")));
    }

    @Test
    void aPipelineMayHaveNoStages() {
        assertThat(valid("{pipeline: p, stages: []}").stages()).isEmpty();
    }

    @Test
    void aSchemaCanComeFromAFile() {
        DefinitionReader.Outcome outcome =
                DefinitionReader.read(
                        "{pipeline: p, schema: event.json, stages: []}",
                        name -> JsonMapper.shared().createObjectNode().put("title", name));

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        DefinitionReader.Valid.class,
                        valid ->
                                assertThat(valid.definition().schema())
                                        .hasToString("{\"title\":\"event.json\"}"));
    }

    @Test
    void definitionsThatMeanTheSameAreEqualHoweverTheyAreWritten() {
        assertThat(valid("{pipeline: p, dedupe: 3600s, stages: []}"))
                .isEqualTo(valid("# the default\npipeline: 'p'\ndedupe: 60m\nstages: []\n"))
                .isNotEqualTo(valid("{pipeline: p, dedupe: 3601s, stages: []}"));
    }

    private static Expression predicate(String source) {
        return Expression.compile(source, Expression.Type.BOOLEAN);
    }

    private static Assignment assignment(String target, String source) {
        return new Assignment(
                FieldPath.parse(target), Expression.compile(source, Expression.Type.ANY));
    }
}
