package dev.millrace.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;

import dev.millrace.core.pipeline.DefinitionReader;
import dev.millrace.core.pipeline.PipelineDefinition;
import dev.millrace.core.pipeline.SchemaSource;
import dev.millrace.core.pipeline.Stage;

import org.junit.jupiter.api.Test;

import java.time.ZoneId;
import java.util.Map;

/** Pipelines written in Java mean what the same pipeline means in a file. */
class PipelineBuilderTest {
    private static final String FILE =
            """
            pipeline: shop
            key: data.visitor
            partitions: 3
            outOfOrder: 7s
            maxSkew: 1m
            dedupe: 2m
            queueLimit: 500
            stages:
              - {name: page views, handler: page views}
              - {name: people, filter: "!data.ua.contains('bot')"}
              - {name: tidy, transform: {data.ip: null}}
              - {name: lines, explode: data.items}
              - {name: geo, handler: geo, timeout: 250ms, retry: {attempts: 3, backoff: 10ms}}
              - name: days
                aggregate:
                  window: {tumbling: 1d, zone: Europe/Berlin}
                  by: [source, data.url]
                  where: "data.status < 400"
                  lateness: 2m
                  keep: 10000m
                  maxGroups: 10
                  values:
                    n: count
                    s: {sum: data.ms}
                    a: {avg: data.ms}
                    l: {min: data.ms}
                    g: {max: data.ms}
                    d: {distinct: data.visitor}
                    q: {quantile: data.ms, q: 0.95}
                    t: {top: data.url, k: 5}
              - {name: now, aggregate: {window: {sliding: 5m, every: 1s}, values: {n: count}}}
              - {name: visits, aggregate: {window: {session: 30m}, values: {n: count}}}
            """;

    @Test
    void everySettingAndStageMeansWhatItMeansInAFile() {
        Aggregate days =
                Aggregate.tumbling(ofMinutes(1440))
                        .in(ZoneId.of("Europe/Berlin"))
                        .by("source", "data.url")
                        .where("data.status < 400")
                        .lateness(ofMinutes(2))
                        .keep(ofMinutes(10_000))
                        .maxGroups(10)
                        .count("n")
                        .sum("s", "data.ms")
                        .avg("a", "data.ms")
                        .min("l", "data.ms")
                        .max("g", "data.ms")
                        .distinct("d", "data.visitor")
                        .quantile("q", "data.ms", 0.95)
                        .top("t", "data.url", 5);
        Pipeline pipeline =
                Pipeline.named("shop")
                        .key("data.visitor")
                        .partitions(3)
                        .outOfOrder(ofSeconds(7))
                        .maxSkew(ofMinutes(1))
                        .dedupe(ofMinutes(2))
                        .queueLimit(500)
                        .filter("page views", event -> event.type().equals("page_view"))
                        .filter("people", "!data.ua.contains('bot')")
                        .transform("tidy", Map.of("data.ip", "null"))
                        .explode("lines", "data.items")
                        .handle(
                                "geo",
                                (event, _) -> event,
                                ofMillis(250),
                                new Stage.Retry(3, ofMillis(10)))
                        .aggregate("days", days)
                        .aggregate("now", Aggregate.sliding(ofMinutes(5), ofSeconds(1)).count("n"))
                        .aggregate("visits", Aggregate.session(ofMinutes(30)).count("n"))
                        .build();

        assertThat(read(pipeline.definition())).isEqualTo(read(FILE));
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        PipelineBuilder builder =
                Pipeline.named("Web")
                        .filter("people", "data.ua.")
                        .aggregate("now", Aggregate.sliding(ofMinutes(5), ofMinutes(2)).count("n"));

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                        "pipeline Web is wrong", "/pipeline", "/stages/0", "/stages/1");
    }

    @Test
    void valuesHaveNamesOfTheirOwn() {
        assertThatThrownBy(() -> Aggregate.tumbling(ofMinutes(1)).count("n").sum("n", "data.ms"))
                .hasMessage("two values are named n");
    }

    @Test
    void durationsAreWholeMilliseconds() {
        assertThatThrownBy(() -> Aggregate.tumbling(ofNanos(1_500_000)))
                .hasMessageContaining("PT0.0015S");
    }

    private static PipelineDefinition read(String text) {
        return ((DefinitionReader.Valid) DefinitionReader.read(text, SchemaSource.NONE))
                .definition();
    }
}
