package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.letter.LetterKind;
import dev.millrace.testing.MemoryStorage;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One source's letters hold up that source, and nobody else. */
class SourceBudgetsTest {
    private static final String VIEWS =
            """
            pipeline: web
            partitions: 2
            stages:
              - {name: known, filter: "data.known"}
              - name: views
                aggregate: {window: {tumbling: 1m}, by: [source], values: {views: count}}
            """;
    private static final EngineOptions FEW =
            EngineOptions.defaults().withLetterBudget(new LetterBudget(10, 1 << 20));

    private MemoryStorage storage = new MemoryStorage();
    private Engine engine = Engine.open(storage, FEW);
    private Pipeline web;

    @BeforeEach
    void create() {
        assertThat(engine.put("web", VIEWS, false)).isInstanceOf(PutOutcome.Created.class);
        web = engine.pipeline("web").orElseThrow();
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    @Test
    void aSourcePastItsBudgetIsRefusedAndOthersAreNot() {
        spend("a");

        IngestOutcome.LettersFull refused = refused(event("a"));
        assertThat(refused.source()).isEqualTo("a");
        assertThat(refused.retryAfterSeconds()).isPositive();
        assertThat(refused.detail()).contains("'a'", "replay or delete");
        assertThat(refused(invalid("a")).source()).isEqualTo("a");
        assertTaken(event("b"));
        assertTaken(invalid("b"));
    }

    @Test
    void aBatchIsRefusedWholeForOneEvent() {
        spend("a");
        LedgerView before = web.ledger();

        assertThat(refused(event("b"), event("a")).source()).isEqualTo("a");

        assertThat(web.ledger().received()).isEqualTo(before.received());
        assertThat(web.metrics().refused()).isEqualTo(1);
    }

    @Test
    void itOpensAgainWhenLettersAreDeleted() {
        spend("a");
        refused(event("a"));

        assertThat(web.discard(List.of(letters().getFirst().id()))).isEqualTo(1);

        assertTaken(event("a"));
        assertTaken(invalid("a"));
        refused(event("a"));
        assertThat(web.discard(ofSource("a"), Duration.ofSeconds(20)))
                .isEqualTo(new Discarded(10, true));
        assertTaken(event("a"));
        await().untilAsserted(() -> assertThat(web.metrics().sourcesNearBudget()).isZero());
    }

    @Test
    void eventsWhoseSourceCannotBeReadHaveABudgetOfTheirOwn() {
        for (int i = 0; i < 10; i++) {
            assertTaken("no json");
        }

        assertThat(refused("no json either").source()).isEmpty();
        assertThat(refused(event("a"), "no json").source()).isEmpty();
        assertTaken(event("a"));
    }

    @Test
    void lettersOfStagesCountForNoSource() {
        for (int i = 0; i < 20; i++) {
            assertTaken(event("a").replace("\"known\":true", "\"new\":true"));
        }
        await().untilAsserted(() ->
                assertThat(web.metrics().deadLettersByKind()).containsEntry(LetterKind.STAGE, 20L));
        assertTaken(event("a"));
    }

    @Test
    void lateAndHistoricLettersCount() {
        assertTaken(event("a"));
        web.advance(OptionalLong.empty());
        for (int i = 0; i < 10; i++) {
            assertTaken(event("a").replaceFirst("\"timestamp\":\\d+", "\"timestamp\":1000"));
        }
        await().untilAsserted(() -> refused(event("a")));

        byte[] broken = invalid("h").getBytes(UTF_8);
        for (int i = 0; i < 10; i++) {
            assertThat(web.ingestHistory(broken, broken.length, BodyFormat.NDJSON))
                    .isInstanceOf(IngestOutcome.Accepted.class);
        }
        assertThat(web.ingestHistory(broken, broken.length, BodyFormat.NDJSON))
                .isInstanceOf(IngestOutcome.LettersFull.class);
    }

    @Test
    void bytesCountToo() {
        engine.close();
        storage = storage.reopened();
        engine = Engine.open(storage, FEW.withLetterBudget(new LetterBudget(1_000, 500)));
        web = engine.pipeline("web").orElseThrow();

        assertTaken("{\"source\":\"a\",\"data\":{\"long\":\"" + "x".repeat(600) + "\"}}");

        refused(event("a"));
    }

    @Test
    void itIsStillSoAfterARestart() {
        spend("a");
        engine.close();
        storage = storage.reopened();
        engine = Engine.open(storage, FEW);
        web = engine.pipeline("web").orElseThrow();

        refused(event("a"));
        assertTaken(event("b"));
        assertThat(web.metrics().sourcesNearBudget()).isEqualTo(1);
        assertThat(web.metrics().highestBudgetShare()).isEqualTo(1);
    }

    @Test
    void namesCannotBreakALineOfTheLog() {
        assertThat(SourceBudgets.named("a\n\u001b[31mred\u202e")).isEqualTo("source 'a??[31mred?'");
        assertThat(SourceBudgets.named("x".repeat(256))).hasSizeLessThan(120);
    }

    private void spend(String source) {
        for (int i = 0; i < 10; i++) {
            assertTaken(invalid(source));
        }
    }

    private void assertTaken(String line) {
        assertThat(send(line)).isInstanceOf(IngestOutcome.Accepted.class);
    }

    private IngestOutcome.LettersFull refused(String... lines) {
        IngestOutcome outcome = send(lines);
        assertThat(outcome).isInstanceOf(IngestOutcome.LettersFull.class);
        return (IngestOutcome.LettersFull) outcome;
    }

    private IngestOutcome send(String... lines) {
        return web.ingest(String.join("\n", lines).getBytes(UTF_8), BodyFormat.NDJSON);
    }

    private List<DeadLetter> letters() {
        return web.letters(LetterFilter.ALL, Optional.empty(), 100).letters();
    }

    private static LetterFilter ofSource(String source) {
        return new LetterFilter(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(source),
                Optional.empty());
    }

    private static String invalid(String source) {
        return "{\"source\":\"" + source + "\"}";
    }

    private static int count;

    private static String event(String source) {
        return "{\"id\":\"e%d\",\"type\":\"t\",\"source\":\"%s\",\"timestamp\":%d,\"data\":{\"known\":true}}"
                .formatted(count++, source, System.currentTimeMillis());
    }
}
