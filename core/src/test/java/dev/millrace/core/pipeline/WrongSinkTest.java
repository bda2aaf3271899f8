package dev.millrace.core.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Sinks and sources as a file says them, and what is said of wrong ones. */
class WrongSinkTest {
    private static final String STAGES =
            """
            pipeline: web
            stages:
              - {name: people, filter: "true"}
              - {name: views, aggregate: {window: {tumbling: 5m}, values: {n: count}}}
              - {name: recent, aggregate: {window: {sliding: 5m, every: 1s}, values: {n: count}}}
            """;

    private static final DeclaredKind SHELF =
            new DeclaredKind(
                    "shelf",
                    "{url: \"shelf://host\"}",
                    List.of(
                            new Setting.Text(
                                    "url",
                                    true,
                                    "a URL like shelf://host",
                                    Optional.of(Pattern.compile("(shelf://|\\$\\{).+"))),
                            new Setting.Time(
                                    "ttl", false, Duration.ofSeconds(1), Duration.ofDays(1)),
                            new Setting.Whole("depth", false, 1, 9),
                            new Setting.Size("room", false, 1 << 20, 1L << 30),
                            new Setting.Flag("sorted"),
                            new Setting.Word("order", false, List.of("up", "down")),
                            new Setting.Texts("tags", false, "a list of tags"),
                            new Setting.TextMap("labels", false, "a mapping of labels")));

    private static final DeclaredKinds KINDS =
            new DeclaredKinds(
                    List.of(SHELF, new DeclaredKind("drawer", "{}", List.of())), List.of(SHELF));

    @Test
    void everythingThatAFileCanSayIsInTheModel() {
        PipelineDefinition definition =
                valid(
                        """
                        sinks:
                          - name: cellar
                            from: [views, alerts, events]
                            budget: 2GiB
                            batch: {items: 10, bytes: 1MiB, wait: 1s}
                            timeout: 5s
                            shelf: {url: "${SHELF}", ttl: 60s, depth: 3, room: 2048KiB, sorted: true,
                                    order: up, tags: [a, b], labels: {x: y}}
                          - {name: attic, from: [views], drawer: {}}
                        sources:
                          - {name: clicks, shelf: {url: "shelf://here"}}
                        """);

        SinkDefinition cellar = definition.sink("cellar").orElseThrow();
        assertThat(cellar.from()).containsExactly("views", "alerts", "events");
        assertThat(cellar.aggregates()).containsExactly("views");
        assertThat(cellar.budgetBytes()).isEqualTo(2L << 30);
        assertThat(cellar.batch())
                .isEqualTo(new SinkDefinition.Batch(10, 1 << 20, Duration.ofSeconds(1)));
        assertThat(cellar.timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(cellar.kind()).isEqualTo("shelf");
        Settings settings = cellar.settings();
        assertThat(settings.requiredText("url")).isEqualTo("${SHELF}");
        assertThat(settings.duration("ttl", Duration.ZERO)).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.number("depth", 0)).isEqualTo(3);
        assertThat(settings.size("room", 0)).isEqualTo(2 << 20);
        assertThat(settings.flag("sorted")).isTrue();
        assertThat(settings.text("order")).contains("up");
        assertThat(settings.texts("tags")).containsExactly("a", "b");
        assertThat(settings.textMap("labels")).containsEntry("x", "y");
        SinkDefinition attic = definition.sink("attic").orElseThrow();
        assertThat(attic.budgetBytes()).isEqualTo(1L << 30);
        assertThat(attic.batch())
                .isEqualTo(new SinkDefinition.Batch(5_000, 4 << 20, Duration.ZERO));
        assertThat(attic.timeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(definition.sources())
                .extracting(SourceDefinition::name, SourceDefinition::kind)
                .containsExactly(tuple("clicks", "shelf"));
    }

    @Test
    void aStoredVersionIsReadWhateverKindsTheHostHas() {
        PipelineDefinition definition =
                Definitions.valid(STAGES + "sinks: [{name: x, from: [views], gone: {url: a}}]");

        assertThat(definition.sink("x").orElseThrow().kind()).isEqualTo("gone");
        assertThat(definition.sink("x").orElseThrow().settings().text("url")).contains("a");
    }

    @ParameterizedTest
    @MethodSource
    void wrongSinksAreToldWithTheirPlace(String sinks, String problem) {
        assertThat(problems(STAGES + sinks)).containsExactly(problem);
    }

    static Stream<Arguments> wrongSinksAreToldWithTheirPlace() {
        return Stream.of(
                arguments("sinks: 5", "6 /sinks: must be a list of sinks, is the number 5"),
                arguments(
                        "sinks: [5]",
                        "6 /sinks/0: must be a mapping with a name, 'from' and a kind, is the"
                                + " number 5"),
                arguments("sinks: [{from: [views], drawer: {}}]", "6 /sinks/0: 'name' is missing"),
                arguments("sinks: [{name: a, drawer: {}}]", "6 /sinks/0: 'from' is missing"),
                arguments(
                        "sinks: [{name: a, from: [views]}]",
                        "6 /sinks/0: a sink needs one of shelf, drawer"),
                arguments(
                        "sinks: [{name: a, from: [views], drawer: {}, shelf: {url: \"shelf://x\"}}]",
                        "6 /sinks/0: a sink is one of shelf, drawer, this is shelf and drawer"),
                arguments(
                        "sinks: [{name: a, from: [views], drawr: {}}]",
                        "6 /sinks/0/drawr: unknown key 'drawr', did you mean 'drawer'? Allowed: name,"
                                + " from, budget, batch, timeout, shelf, drawer"),
                arguments(
                        "sinks: [{name: a, from: [], drawer: {}}]",
                        "6 /sinks/0/from: must be a list like [views], [alerts] or [events], not"
                                + " empty, is a list"),
                arguments(
                        "sinks: [{name: a, from: views, drawer: {}}]",
                        "6 /sinks/0/from: must be a list like [views], [alerts] or [events], is"
                                + " 'views'"),
                arguments(
                        "sinks: [{name: a, from: [view], drawer: {}}]",
                        "6 /sinks/0/from/0: unknown aggregate 'view', did you mean 'views'? Allowed:"
                                + " views, recent, alerts, events"),
                arguments(
                        "sinks: [{name: a, from: [people], drawer: {}}]",
                        "6 /sinks/0/from/0: unknown aggregate 'people'. Allowed: views, recent,"
                                + " alerts, events"),
                arguments(
                        "sinks: [{name: a, from: [views, views], drawer: {}}]",
                        "6 /sinks/0/from: names one thing twice"),
                arguments(
                        "sinks: [{name: a, from: [recent], drawer: {}}]",
                        "6 /sinks/0/from/0: 'recent' is a sliding aggregate, whose windows are put"
                                + " together when they are read; a sink takes tumbling windows and"
                                + " sessions"),
                arguments(
                        "sinks:\n- {name: a, from: [views], drawer: {}}\n- {name: a, from: [views],"
                                + " drawer: {}}",
                        "8 /sinks/1/name: 'a' is already the name of the sink on line 7"),
                arguments(
                        "sinks: [{name: views, from: [views], drawer: {}}]",
                        "6 /sinks/0/name: 'views' is already the name of a stage"),
                arguments(
                        "sinks: [{name: a, from: [views], budget: 1KiB, drawer: {}}]",
                        "6 /sinks/0/budget: must be 1MiB to 1024TiB, is '1KiB'"),
                arguments(
                        "sinks: [{name: a, from: [views], batch: {rows: 5}, drawer: {}}]",
                        "6 /sinks/0/batch/rows: unknown key 'rows'. Allowed: items, bytes, wait"),
                arguments(
                        "sinks: [{name: a, from: [views], batch: {items: 0}, drawer: {}}]",
                        "6 /sinks/0/batch/items: must be a whole number, 1 to 100000, is the number"
                                + " 0"),
                arguments(
                        "sinks: [{name: a, from: [views], timeout: 1d, drawer: {}}]",
                        "6 /sinks/0/timeout: must be 100ms to 10m, is '1d'"),
                arguments(
                        "sinks: [{name: a, from: [views], shelf: {}}]",
                        "6 /sinks/0/shelf: 'url' is missing"),
                arguments(
                        "sinks: [{name: a, from: [views], shelf: here}]",
                        "6 /sinks/0/shelf: must be a mapping like {url: \"shelf://host\"}, is"
                                + " 'here'"),
                arguments(
                        shelf("url: here"),
                        "6 /sinks/0/shelf/url: must be a URL like shelf://host, is 'here'"),
                arguments(
                        shelf("url: \"shelf://${}\""),
                        "6 /sinks/0/shelf/url: must be a text in which every ${ begins a variable"
                                + " like ${NAME}, is 'shelf://${}'"),
                arguments(
                        shelf("url: \"${X}\", depth: 10"),
                        "6 /sinks/0/shelf/depth: must be a whole number, 1 to 9, is the number 10"),
                arguments(
                        shelf("url: \"${X}\", ttl: 5"),
                        "6 /sinks/0/shelf/ttl: must be a duration like 250ms, 5s, 1m, 1h or 7d, is"
                                + " the number 5"),
                arguments(
                        shelf("url: \"${X}\", room: 1KiB"),
                        "6 /sinks/0/shelf/room: must be 1MiB to 1GiB, is '1KiB'"),
                arguments(
                        shelf("url: \"${X}\", sorted: yes"),
                        "6 /sinks/0/shelf/sorted: must be true or false, is 'yes'"),
                arguments(
                        shelf("url: \"${X}\", order: dwon"),
                        "6 /sinks/0/shelf/order: unknown value 'dwon', did you mean 'down'? Allowed:"
                                + " up, down"),
                arguments(
                        shelf("url: \"${X}\", tags: [5]"),
                        "6 /sinks/0/shelf/tags/0: must be a text, is the number 5"),
                arguments(
                        shelf("url: \"${X}\", labels: {a: 5}"),
                        "6 /sinks/0/shelf/labels/a: must be a text, is the number 5"),
                arguments(
                        "sources: [{name: a, drawer: {}}]",
                        "6 /sources/0/drawer: unknown key 'drawer'. Allowed: name, shelf"),
                arguments("sources: [{name: a}]", "6 /sources/0: a source needs one of shelf"));
    }

    private static String shelf(String settings) {
        return "sinks: [{name: a, from: [views], shelf: {%s}}]".formatted(settings);
    }

    @Test
    void aSinkOfAStageThatIsWrongIsNotTold() {
        assertThat(
                        problems(
                                """
                                pipeline: web
                                stages:
                                  - {name: views, aggregate: {window: {tumbling: 5}, values: {n: count}}}
                                sinks: [{name: a, from: [views], drawer: {}}]
                                """))
                .hasSize(1)
                .first()
                .asString()
                .startsWith("3 /stages/0/aggregate/window/tumbling");
    }

    @Test
    void aHostWithoutConnectorsSaysSo() {
        DefinitionReader.Outcome outcome =
                DefinitionReader.read(
                        STAGES + "sinks: [{name: a, from: [views]}]",
                        SchemaSource.NONE,
                        new DeclaredKinds(List.of(), List.of()));

        assertThat(Definitions.lines(outcome))
                .containsExactly("6 /sinks/0: a sink needs a kind, and this host has none");
    }

    @Test
    void aPlanSaysWhatBecomesOfSinks() {
        PipelineDefinition before =
                valid(
                        """
                        sinks:
                          - {name: a, from: [views], drawer: {}}
                          - {name: b, from: [views], drawer: {}}
                          - {name: c, from: [views], drawer: {}}
                        sources: [{name: s, shelf: {url: "shelf://x"}}]
                        """);
        PipelineDefinition after =
                valid(
                        """
                        sinks:
                          - {name: a, from: [views], drawer: {}}
                          - {name: b, from: [events], drawer: {}}
                          - {name: d, from: [views], drawer: {}}
                        """);

        assertThat(Plan.change(before, 1, after).entries())
                .filteredOn(entry -> entry.stage().length() == 1)
                .extracting(entry ->
                        "%s %s %s".formatted(entry.stage(), entry.effect(), entry.detail()))
                .containsExactly(
                        "a KEPT as it was: what waits for it stays",
                        "b CHANGED it takes events from now on; what waits for it is delivered as it"
                                + " says now",
                        "d NEW a new drawer sink: it gets what changes from now on",
                        "c LOST the sink goes, and what waits for it; what it has taken stays there",
                        "s REMOVED the source is no longer read");
    }

    private static PipelineDefinition valid(String connectors) {
        DefinitionReader.Outcome outcome =
                DefinitionReader.read(STAGES + connectors, SchemaSource.NONE, KINDS);
        assertThat(outcome).isInstanceOf(DefinitionReader.Valid.class);
        return ((DefinitionReader.Valid) outcome).definition();
    }

    private static List<String> problems(String text) {
        return Definitions.lines(DefinitionReader.read(text, SchemaSource.NONE, KINDS));
    }
}
