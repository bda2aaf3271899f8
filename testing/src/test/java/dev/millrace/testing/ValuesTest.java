package dev.millrace.testing;

import static dev.millrace.testing.LedgerState.ledger;
import static dev.millrace.testing.LetterState.failed;
import static dev.millrace.testing.RowState.row;
import static dev.millrace.testing.Step.event;
import static dev.millrace.testing.Times.at;
import static dev.millrace.testing.Verification.verify;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What sum, avg, min and max make of the numbers that events have. */
class ValuesTest {
    private static final String NUMBERS =
            """
            pipeline: numbers
            outOfOrder: 0s
            stages:
              - name: n
                aggregate:
                  window: {tumbling: 5m}
                  values:
                    count: count
                    sum: {sum: data.n}
                    avg: {avg: data.n}
                    min: {min: data.n}
                    max: {max: data.n}
            """;

    private static Verification numbers(@Nullable Object... values) {
        List<Step> events = new ArrayList<>();
        for (Object value : values) {
            events.add(event("e" + events.size(), at("12:01")).with("n", value));
        }
        return verify(NUMBERS).partitions(1, 3).feed(events);
    }

    private static RowState result(@Nullable Object... values) {
        return row("n", at("12:00"), values);
    }

    @Test
    void missingAndNullValuesAreLeftOut() {
        verify(NUMBERS)
                .feed(
                        event("a", at("12:01")).with("n", 4),
                        event("b", at("12:01")),
                        event("c", at("12:01")).with("n", null),
                        event("d", at("12:01")).with("n", 8))
                .expectRows(result(4, 12, 6.0, 4, 8));
    }

    @Test
    void nothingHasNoSumAndNoMean() {
        numbers(null, null).expectRows(result(2, null, null, null, null));
    }

    @Test
    void wrongTypeIsALetterAndNothingOfTheEventIsCounted() {
        verify(
                        """
                        pipeline: numbers
                        stages:
                          - name: n
                            aggregate:
                              window: {tumbling: 5m}
                              values: {count: count, a: {sum: data.a}, b: {sum: data.b}}
                        """)
                .feed(
                        event("good", at("12:01")).with("a", 1).with("b", 2),
                        event("string", at("12:01")).with("a", 10).with("b", "2"),
                        event("boolean", at("12:01")).with("a", 10).with("b", true),
                        event("list", at("12:01")).with("a", 10).with("b", List.of(1)),
                        event("object", at("12:01")).with("a", 10).with("b", Map.of()))
                .expectRows(row("n", at("12:00"), 1, 1, 2))
                .expectLetters(
                        failed("string", "n", "type"),
                        failed("boolean", "n", "type"),
                        failed("list", "n", "type"),
                        failed("object", "n", "type"))
                .expectLedger(ledger().completed(1).dead(4));
    }

    @Test
    void integersStayIntegersAndFractionsMakeAFraction() {
        numbers(1, 2).expectRows(result(2, 3, 1.5, 1, 2));
        numbers(1, 2.0).expectRows(result(2, 3.0, 1.5, 1, 2.0));
    }

    @Test
    void sumBeyondALongBecomesADoubleAndComesBackExactly() {
        long max = Long.MAX_VALUE;
        numbers(max, max).expectRows(result(2, 0x1p64, 0x1p63, max, max));
        numbers(max, max, -max, -max, 5).expectRows(result(5, 5, 1.0, -max, max));
        numbers(Long.MIN_VALUE, -1, 1)
                .expectRows(result(3, Long.MIN_VALUE, -0x1p63 / 3, Long.MIN_VALUE, 1));
    }

    @Test
    void integerBeyondALongIsAFraction() {
        numbers(new BigDecimal("9223372036854775808"))
                .expectRows(result(1, 0x1p63, 0x1p63, 0x1p63, 0x1p63));
    }

    @Test
    void sumOfFractionsDoesNotDependOnTheirOrder() {
        List<Object> fractions = new ArrayList<>();
        BigDecimal exact = BigDecimal.ZERO;
        for (int i = 1; i <= 40; i++) {
            fractions.add(i / 10.0);
            exact = exact.add(new BigDecimal(i / 10.0));
        }
        for (int seed = 0; seed < 5; seed++) {
            Collections.shuffle(fractions, new Random(seed));
            numbers(fractions.toArray())
                    .expectRows(
                            result(40, exact.doubleValue(), exact.doubleValue() / 40, 0.1, 4.0));
        }
    }

    @Test
    void smallFractionsSurviveLargeIntegers() {
        numbers(9_007_199_254_740_993L, 0.5, -9_007_199_254_740_993L)
                .expectRows(
                        result(3, 0.5, 0.5 / 3, -9_007_199_254_740_993L, 9_007_199_254_740_993L));
    }

    @Test
    void ofAnIntegerAndAnEqualFractionTheIntegerIsShown() {
        numbers(1.0, 1).expectRows(result(2, 2.0, 1.0, 1, 1));
        numbers(1, 1.0).expectRows(result(2, 2.0, 1.0, 1, 1));
    }

    @Test
    void zeroIsShownWithoutSignWhateverTheOrder() {
        numbers(-0.0, 0.0).expectRows(result(2, 0.0, 0.0, 0.0, 0.0));
        numbers(0.0, -0.0).expectRows(result(2, 0.0, 0.0, 0.0, 0.0));
    }

    @Test
    void extremesCompareIntegersAndFractionsWithoutRounding() {
        long odd = 9_007_199_254_740_993L;
        verify(NUMBERS.replace("sum: {sum: data.n}", "").replace("avg: {avg: data.n}", ""))
                .partitions(1, 3)
                .feed(
                        event("a", at("12:01")).with("n", odd),
                        event("b", at("12:01")).with("n", 0x1p53))
                .expectRows(row("n", at("12:00"), 2, 0x1p53, odd));
    }

    @Test
    void timestampCanBeAValue() {
        verify(
                        """
                        pipeline: numbers
                        stages:
                          - name: n
                            aggregate: {window: {tumbling: 5m}, values: {last: {max: timestamp}}}
                        """)
                .feed(event("a", at("12:02")), event("b", at("12:01")))
                .expectRows(row("n", at("12:00"), at("12:02")));
    }
}
