package dev.millrace.testing;

import static dev.millrace.testing.LedgerState.ledger;
import static dev.millrace.testing.LetterState.failed;
import static dev.millrace.testing.RowState.row;
import static dev.millrace.testing.Step.event;
import static dev.millrace.testing.Times.RECEIVED;
import static dev.millrace.testing.Times.at;
import static dev.millrace.testing.Verification.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;

/** Events that a stage ends, and events that a stage fails on. */
class StageFailuresTest {
    private static final String PIPELINE =
            """
            pipeline: web
            stages:
              - {name: tidy, transform: {data.section: "data.path.split('/')[1]", data.ip: "null"}}
              - {name: good, filter: "data.status < 400"}
              - name: views
                aggregate: {window: {tumbling: 5m}, by: [data.section], values: {views: count}}
            """;

    @Test
    void falseFilterEndsAnEventAndAFailingOneMakesALetter() {
        verify(PIPELINE)
                .feed(
                        event("good", at("12:01")).with("path", "/a/b").with("status", 200),
                        event("bad", at("12:01")).with("path", "/a/b").with("status", 404),
                        event("wrong", at("12:01")).with("path", "/a/b").with("status", "200"),
                        event("missing", at("12:01")).with("path", "/a/b"))
                .expectRows(row("views", at("12:00"), 1).group("a"))
                .expectLetters(
                        failed("wrong", "good", "type"), failed("missing", "good", "no-such-field"))
                .expectLedger(ledger().completed(1).filtered(1).dead(2));
    }

    @Test
    void letterHasTheEventAsItCameAndAsItFailed() {
        verify(PIPELINE)
                .feed(event("e", at("12:01")).with("path", "/shop/1").with("ip", "10.0.0.1"))
                .expectLetter(letter -> {
                    assertThat(letter.stage()).isEqualTo("good");
                    assertThat(letter.code()).isEqualTo("no-such-field");
                    assertThat(letter.message()).isEqualTo("no such field: data.status");
                    assertThat(letter.attempts()).isEqualTo(1);
                    assertThat(letter.firstFailedAtMs()).isEqualTo(RECEIVED);
                    assertThat(letter.pipelineVersion()).isEqualTo(1);
                    assertThat(letter.original())
                            .asString(StandardCharsets.UTF_8)
                            .contains("\"path\":\"/shop/1\"", "10.0.0.1")
                            .doesNotContain("section");
                    assertThat(letter.failed())
                            .asString(StandardCharsets.UTF_8)
                            .contains("\"path\":\"/shop/1\"", "\"section\":\"shop\"")
                            .doesNotContain("10.0.0.1");
                });
    }

    @Test
    void transformThatFailsLeavesTheEventAsItWas() {
        verify(PIPELINE)
                .feed(event("e", at("12:01")).with("path", 5).with("ip", "10.0.0.1"))
                .expectLetter(letter -> {
                    assertThat(letter.stage()).isEqualTo("tidy");
                    assertThat(letter.code()).isEqualTo("type");
                    assertThat(letter.failed()).isNull();
                });
    }

    @Test
    void assignmentsSeeTheEventAsItCameIn() {
        verify(
                        """
                        pipeline: swap
                        stages:
                          - {name: swap, transform: {data.a: data.b, data.b: data.a}}
                          - name: out
                            aggregate: {window: {tumbling: 5m}, by: [data.a, data.b], values: {n: count}}
                        """)
                .feed(event("e", at("12:01")).with("a", 1).with("b", 2))
                .expectRows(row("out", at("12:00"), 1).group(2, 1));
    }

    @Test
    void whereThatFailsMakesALetter() {
        verify(
                        """
                        pipeline: web
                        stages:
                          - name: first
                            aggregate: {window: {tumbling: 5m}, values: {n: count}}
                          - name: good
                            aggregate: {window: {tumbling: 5m}, where: data.status < 400, values: {n: count}}
                        """)
                .feed(event("e", at("12:01")))
                .expectRows(row("first", at("12:00"), 1))
                .expectLetters(failed("e", "good", "no-such-field"))
                .expectLedger(ledger().dead(1));
    }
}
