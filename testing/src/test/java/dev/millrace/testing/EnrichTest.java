package dev.millrace.testing;

import static dev.millrace.core.task.LetterOutcome.Result.FAILED;
import static dev.millrace.core.task.LetterOutcome.Result.REPLAYED;
import static dev.millrace.testing.LedgerState.ledger;
import static dev.millrace.testing.LetterState.failed;
import static dev.millrace.testing.RowState.row;
import static dev.millrace.testing.Step.change;
import static dev.millrace.testing.Step.event;
import static dev.millrace.testing.Step.letter;
import static dev.millrace.testing.Step.replay;
import static dev.millrace.testing.Times.at;
import static dev.millrace.testing.Verification.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.lookup.Answer;
import dev.millrace.core.lookup.Lookup;
import dev.millrace.core.port.StageServices;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** Events that get something from elsewhere, and what becomes of those for which there is none. */
class EnrichTest {
    private static final String SITES =
            """
            pipeline: web
            stages:
              - name: site
                enrich: {http: {url: "http://sites/{value}"}, match: data.host, into: data.site}
              - name: views
                aggregate: {window: {tumbling: 5m}, by: [data.site.owner], values: {n: count}}
            """;

    private static final String STRICT =
            SITES.replace("into: data.site}", "into: data.site, onMissing: dead-letter}");

    @Test
    void whatIsFoundIsPutIntoTheEvent() {
        verify(SITES)
                .partitions(1, 3)
                .with(
                        new Sources()
                                .found("site", "a.example", Map.of("owner", "Ann"))
                                .found("site", "b.example", Map.of("owner", "Bob")))
                .feed(
                        event("1", at("12:01")).with("host", "a.example"),
                        event("2", at("12:01")).with("host", "b.example"),
                        event("3", at("12:02")).with("host", "a.example"))
                .expectRows(
                        row("views", at("12:00"), 2).group("Ann"),
                        row("views", at("12:00"), 1).group("Bob"))
                .expectLedger(ledger().completed(3));
    }

    @Test
    void fieldStaysAsItIsWhereNothingIsFound() {
        verify(SITES)
                .with(new Sources())
                .feed(
                        event("1", at("12:01"))
                                .with("host", "unknown")
                                .with("site", Map.of("owner", "old")))
                .expectRows(row("views", at("12:00"), 1).group("old"))
                .expectLetters();
    }

    @Test
    void nothingFoundIsALetterWhereTheStageSaysSo() {
        verify(STRICT)
                .with(new Sources())
                .feed(event("1", at("12:01")).with("host", "unknown"))
                .expectRows()
                .expectLetters(failed("1", "site", "not-found"))
                .expectLetter(letter ->
                        assertThat(letter.message())
                                .isEqualTo("nothing is found under data.host 'unknown'"))
                .expectLedger(ledger().dead(1));
    }

    @Test
    void nothingIsFoundUnderAFieldThatIsMissingOrNull() {
        Sources sources = new Sources();
        verify(STRICT)
                .with(sources)
                .feed(event("missing", at("12:01")), event("null", at("12:01")).with("host", null))
                .expectLetters(
                        failed("missing", "site", "not-found"),
                        failed("null", "site", "not-found"));
        assertThat(sources.asked()).isEmpty();
    }

    @Test
    void objectOrListCannotBeLookedUp() {
        verify(SITES)
                .with(new Sources())
                .feed(
                        event("object", at("12:01")).with("host", Map.of("name", "a")),
                        event("list", at("12:01")).with("host", List.of("a")))
                .expectLetters(failed("object", "site", "type"), failed("list", "site", "type"));
    }

    @Test
    void failedLookupIsALetterWithItsCodeAndItsReplayAsksAgain() {
        Sources sources =
                new Sources().answer("site", "a", new Answer.Failed("timeout", "no answer in 2 s"));
        verify(SITES)
                .with(sources)
                .feed(event("1", at("12:01")).with("host", "a"), replay("r", letter("1", "site")))
                .expectRows()
                .expectLetters(failed("1", "site", "timeout").attempts(2))
                .expectOutcomes(FAILED);
    }

    @Test
    void replayLooksUpWhatItNeedsFromItsStageOn() {
        String filtered =
                SITES.replace(
                        "stages:\n", "stages:\n  - {name: good, filter: data.status < 400}\n");
        verify(filtered)
                .with(new Sources().found("site", "a", Map.of("owner", "Ann")))
                .feed(
                        event("1", at("12:01")).with("host", "a"),
                        change(filtered.replace("data.status < 400", "true")),
                        replay("r", letter("1", "good")))
                .expectRows(row("views", at("12:00"), 1).group("Ann"))
                .expectOutcomes(REPLAYED);
    }

    @Test
    void onlyWhatReachesTheStageIsLookedUp() {
        Sources sources = new Sources();
        verify(SITES.replace("stages:\n", "stages:\n  - {name: good, filter: data.status < 400}\n"))
                .with(sources)
                .feed(
                        event("good", at("12:01")).with("host", "a").with("status", 200),
                        event("bad", at("12:01")).with("host", "b").with("status", 404),
                        event("failing", at("12:01")).with("host", "c"))
                .expectLedger(ledger().completed(1).filtered(1).dead(1));
        assertThat(sources.asked()).containsExactly("site:a");
    }

    @Test
    void answerMayLeadToTheNextQuestion() {
        verify(
                        """
                        pipeline: web
                        stages:
                          - name: site
                            enrich: {http: {url: "http://sites/{value}"}, match: data.host, into: data.site}
                          - name: all
                            aggregate: {window: {tumbling: 5m}, values: {n: count}}
                          - {name: lower, transform: {data.owner: data.site.owner.lowerAscii()}}
                          - name: person
                            enrich: {http: {url: "http://people/{value}"}, match: data.owner, into: data.city}
                          - name: views
                            aggregate: {window: {tumbling: 5m}, by: [data.city], values: {n: count}}
                        """)
                .with(
                        new Sources()
                                .found("site", "a", Map.of("owner", "Ann"))
                                .found("person", "ann", "Bonn"))
                .feed(
                        event("1", at("12:01")).with("host", "a"),
                        event("2", at("12:01")).with("host", "a"))
                .expectRows(row("all", at("12:00"), 2), row("views", at("12:00"), 2).group("Bonn"))
                .expectLedger(ledger().completed(2));
    }

    @Test
    void everyPartOfAnExplodedEventIsLookedUp() {
        verify(
                        """
                        pipeline: orders
                        stages:
                          - {name: lines, explode: data.skus}
                          - name: price
                            enrich: {http: {url: "http://prices/{value}"}, match: data.item, into: data.price,
                                     onMissing: dead-letter}
                          - name: sales
                            aggregate: {window: {tumbling: 5m}, values: {total: {sum: data.price}}}
                        """)
                .with(new Sources().found("price", 1L, 10L).found("price", 2L, 20L))
                .feed(event("1", at("12:01")).with("skus", List.of(1, 2, 3, 1)))
                .expectRows(row("sales", at("12:00"), 40))
                .expectLetters(failed("1", "price", "not-found"))
                .expectLedger(ledger().completed(3).dead(1).exploded(3));
    }

    /** Nobody knows what else a handler does. */
    @Test
    void handlerBeforeALookupIsCalledOnceForAnEvent() {
        AtomicInteger calls = new AtomicInteger();
        Sources sources =
                new Sources()
                        .found("site", "a.example", Map.of("owner", "Ann"))
                        .handler(event ->
                                event.with("data.host", "a.example")
                                        .with("data.call", (long) calls.incrementAndGet()));
        verify(SITES.replace("stages:\n", "stages:\n  - {name: host, handler: example.Host}\n"))
                .with(sources)
                .feed(event("1", at("12:01")).with("ip", "10.0.0.1"))
                .expectRows(row("views", at("12:00"), 1).group("Ann"))
                .expectLedger(ledger().completed(1));
        assertThat(sources.asked()).containsExactly("site:a.example");
        assertThat(calls).hasValueLessThanOrEqualTo(sources.fetches());
    }

    @Test
    void answerIsHeldUntilItsRecordIsProcessed() {
        StageServices forgetful = (_, _) -> new Forgetful();
        verify(STRICT)
                .with(forgetful)
                .feed(
                        event("1", at("12:01")).with("host", "a"),
                        event("2", at("12:01")).with("host", "a"))
                .expectRows(row("views", at("12:00"), 2).group("Ann"))
                .expectLetters();
    }

    /** Knows an answer every other time it is asked. */
    private static final class Forgetful implements Lookup {
        private static final Answer ANN = new Answer.Found(Map.of("owner", "Ann"));

        private final AtomicInteger asked = new AtomicInteger();

        @Override
        public @Nullable Answer known(Object key) {
            return asked.getAndIncrement() % 2 == 0 ? ANN : null;
        }

        @Override
        public CompletionStage<Answer> fetch(Object key) {
            return CompletableFuture.completedFuture(ANN);
        }
    }
}
