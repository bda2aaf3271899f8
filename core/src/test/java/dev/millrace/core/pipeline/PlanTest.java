package dev.millrace.core.pipeline;

import static dev.millrace.core.pipeline.Definitions.valid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class PlanTest {
    private static final String WEB =
            """
            pipeline: web
            stages:
            - {name: people, filter: "type == 'page_view'"}
            - {name: tidy, transform: {data.ip: null}}
            - name: views
              aggregate: {window: {tumbling: 5m}, by: [source], values: {views: count}, keep: 90d}
            """;

    @Test
    void aNewPipelineHasNewStages() {
        assertThat(words(Plan.create(valid(WEB))))
                .containsExactly(
                        "people NEW a new filter",
                        "tidy NEW a new transform",
                        "views NEW a new aggregate: it counts events from now on");
    }

    @Test
    void nothingChangesWhenTheDefinitionIsTheSame() {
        assertThat(change(WEB, WEB))
                .containsExactly(
                        "people KEPT as it was: nothing is lost",
                        "tidy KEPT as it was: nothing is lost",
                        "views KEPT as it was: its rows stay");
    }

    @Test
    void anAggregateThatKeepsItsRowsSaysWhatChangesBeforeIt() {
        assertThat(change(WEB, WEB.replace("page_view", "view")))
                .last()
                .isEqualTo(
                        "views KEPT as it was: its rows stay; filter people before it changes:"
                                + " its rows so far were counted without that change, and stay");
        assertThat(
                        change(
                                WEB,
                                WEB.replace("- {name: tidy, transform: {data.ip: null}}\n", "")
                                        .replace("keep: 90d", "keep: 9d")))
                .contains(
                        "views CHANGED keep changed: its rows stay; transform tidy no longer comes"
                                + " before it: its rows so far were counted without that change,"
                                + " and stay");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    tumbling: 5m  | tumbling: 10m                    | window
                    by: [source]  | by: []                           | by
                    views: count  | views: {sum: data.n}             | values
                    views: count  | views: count, n: {max: data.n}   | values
                    by: [source]  | by: [type], lateness: 2m         | by
                    """)
    void anAggregateThatCutsGroupsOrCountsAnotherWayIsRebuilt(String from, String to, String part) {
        assertThat(change(WEB, WEB.replace(from, to)))
                .last()
                .isEqualTo(
                        "views REBUILT %s changed: it starts empty, and its rows so far are lost"
                                .formatted(part));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    keep: 90d  | keep: 9d                   | keep
                    keep: 90d  | keep: 90d, where: "id != ''"   | where
                    keep: 90d  | keep: 90d, late: correct   | late
                    keep: 90d  | keep: 90d, lateness: 0s    | lateness
                    keep: 90d  | keep: 90d, maxGroups: 5    | maxGroups
                    """)
    void anAggregateKeepsItsRowsUnderEveryOtherChange(String from, String to, String parts) {
        assertThat(change(WEB, WEB.replace(from, to)))
                .last()
                .isEqualTo("views CHANGED %s changed: its rows stay".formatted(parts));
    }

    @Test
    void stagesCanBeChangedAddedAndRemoved() {
        String next =
                """
                pipeline: web
                stages:
                - {name: people, filter: "type == 'click'"}
                - {name: cheap, filter: "data.price < 5"}
                """;

        assertThat(change(WEB, next))
                .containsExactly(
                        "people CHANGED filter changed: nothing is lost",
                        "cheap NEW a new filter",
                        "tidy REMOVED the transform goes",
                        "views LOST the aggregate goes, and its rows with it");
    }

    @Test
    void aStageCanBecomeAnotherKind() {
        String next =
                """
                pipeline: web
                stages:
                - {name: people, transform: {data.a: 1}}
                - {name: tidy, aggregate: {window: {tumbling: 1m}, values: {n: count}}}
                - {name: views, filter: "true"}
                """;

        assertThat(change(WEB, next))
                .containsExactly(
                        "people CHANGED becomes transform, was filter",
                        "tidy NEW becomes aggregate, was transform",
                        "views LOST becomes filter, was aggregate: the rows of the aggregate are"
                                + " lost");
    }

    @Test
    void aStageThatRunsAfterOthersThanBeforeHasMoved() {
        PipelineDefinition web = valid(WEB);
        PipelineDefinition next =
                valid(
                        """
                        pipeline: web
                        stages:
                        - {name: tidy, transform: {data.ip: null}}
                        - {name: people, filter: "type == 'page_view'"}
                        - {name: extra, filter: "true"}
                        - name: views
                          aggregate: {window: {tumbling: 5m}, by: [source], values: {views: count}}
                        """);

        assertThat(words(Plan.change(web, 4, next)))
                .containsExactly(
                        "tidy CHANGED place among the stages changed: nothing is lost",
                        "people CHANGED place among the stages changed: nothing is lost",
                        "extra NEW a new filter",
                        "views KEPT as it was: its rows stay; filter extra comes before it, stages"
                                + " before it change places: its rows so far were counted without"
                                + " that change, and stay");
    }

    @Test
    void changedSettingsAreListedFirst() {
        String settings =
                """
                key: data.user
                outOfOrder: 10s
                maxSkew: 1m
                dedupe: 0s
                dedupeLimit: 1000
                queueLimit: 7
                retention: {age: 1d}
                schema: {type: object}
                """;

        assertThat(change(WEB, settings + WEB))
                .startsWith(
                        "key CHANGED becomes data.user, was id; an event accepted before the"
                                + " change and sent again may count twice",
                        "outOfOrder CHANGED becomes 10s, was 5s",
                        "maxSkew CHANGED becomes 1m, was 5m",
                        "dedupe CHANGED becomes 0s, was 1h",
                        "dedupeLimit CHANGED becomes 1000, was the default",
                        "queueLimit CHANGED becomes 7, was 100000",
                        "retention CHANGED becomes 1d or 50GiB, was 7d or 50GiB",
                        "schema CHANGED is another: it holds for events from now on",
                        "people KEPT as it was: nothing is lost");
        assertThat(change(settings + WEB, WEB))
                .contains("schema CHANGED is gone: events are no longer held against one");
    }

    @Test
    void partitionsCannotBeChanged() {
        PipelineDefinition eight = valid("partitions: 8\n" + WEB);

        assertThat(Plan.change(valid(WEB), 4, eight).problems())
                .extracting(Problem::pointer, Problem::detail)
                .containsExactly(
                        tuple(
                                "/partitions",
                                "partitions are fixed when a pipeline is created: it has 4 and"
                                        + " cannot get 8; leave them out, or create another"
                                        + " pipeline"));
        assertThat(Plan.change(valid(WEB), 8, eight).problems()).isEmpty();
        assertThat(Plan.change(eight, 8, valid(WEB)).problems()).isEmpty();
    }

    @Test
    void aPlanIsAboutOnePipeline() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        Plan.change(
                                valid(WEB),
                                4,
                                valid(WEB.replace("pipeline: web", "pipeline: shop"))))
                .withMessage("a plan from web to shop");
    }

    private static List<String> change(String from, String to) {
        return words(Plan.change(valid(from), 4, valid(to)));
    }

    private static List<String> words(Plan plan) {
        return plan.entries().stream()
                .map(entry -> entry.stage() + " " + entry.effect() + " " + entry.detail())
                .toList();
    }
}
