package dev.millrace.core.expression;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.Field;
import dev.millrace.core.event.FieldPath;
import dev.millrace.core.event.Projection;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

class ShortcutTest {
    private static final int EXPRESSIONS = 1_000;
    private static final int EVENTS = 30;

    private static final List<String> JSON_VALUES =
            List.of(
                    "\"\"",
                    "\"b\"",
                    "\"bot\"",
                    "\"a robot and one more bot, of which nothing is known\"",
                    "\"bo\"",
                    "\"b\\u006ft\"",
                    "\"café 😀\"",
                    "\"caf\\u00e9\"",
                    "\"xxxxxxxxxxxxxxxxxxxxxxxxxxbo\"",
                    "5",
                    "5.0",
                    "-0.0",
                    "9007199254740993",
                    "true",
                    "false",
                    "null",
                    "[]",
                    "[\"bot\"]",
                    "{}",
                    "{\"b\":\"bot\"}");

    private static final List<String> FIELDS =
            List.of("data.a", "data.b", "data.c.b", "data['d']", "type", "source", "data.gone");
    private static final List<String> TEXTS =
            List.of("''", "'b'", "'bot'", "'page_view'", "'café'", "'😀'", "'shop'");
    private static final List<String> NUMBERS = List.of("0", "5", "5.0", "9007199254740992.0");

    private final Random random = new Random(20_261_124);

    @Test
    void testsEndAsByCel() {
        int holding = 0;
        for (int i = 0; i < EXPRESSIONS; i++) {
            Expression expression = Expression.compile(test(3), Expression.Type.BOOLEAN);
            Projection projection = projection(expression);
            BoundExpression bound = expression.bind(projection);
            BoundExpression byCel = expression.bindToCel(projection);
            for (int j = 0; j < EVENTS; j++) {
                Event event = event(projection);
                String expected = outcome(byCel, event);
                holding += expected.equals("true") ? 1 : 0;
                assertThat(outcome(bound, event))
                        .as("%s of %s", expression, new String(event.toJson(), UTF_8))
                        .isEqualTo(expected);
            }
        }
        assertThat(holding).isGreaterThan(EXPRESSIONS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            textBlock =
                    """
                    type == 'page_view' && !data.ua.contains('bot') ; YES
                    type == 'page_view' && data.ua.endsWith('bot')  ; NO
                    'order' == type || data.ua.startsWith('Mozilla') ; YES
                    type in ['order', 'page_view']                  ; YES
                    type != 'page_view'                             ; NO
                    data.status >= 400                              ; NO
                    data.status == 200.0                            ; YES
                    timestamp > 5                                   ; YES
                    has(data.ua) && 'status' in data                ; YES
                    data.premium                                    ; YES
                    data.ua == null                                 ; NO
                    data.spelt == 'bot'                             ; UNSURE
                    data.gone == 'bot'                              ; UNSURE
                    data.status == 'bot'                            ; UNSURE
                    """)
    void commonTestsNeedNoCel(String source, Shortcut.Answer answer) {
        Expression expression = Expression.compile(source, Expression.Type.BOOLEAN);
        Projection projection = projection(expression);
        Event event =
                Events.withData(
                        """
                        {"ua":"Mozilla/5.0","status":200,"premium":true,"spelt":"b\\u006ft"}\
                        """,
                        projection);

        assertThat(expression.shortcut(projection))
                .isNotNull()
                .extracting(s -> s.ask(event))
                .isEqualTo(answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data.a + 1 > 2",
                "data.a.matches('b')",
                "data.a == data.b",
                "type == 'a' && data.list.exists(x, x == 1)"
            })
    void otherTestsAreLeftToCel(String source) {
        Expression expression = Expression.compile(source, Expression.Type.BOOLEAN);

        assertThat(expression.shortcut(projection(expression))).isNull();
    }

    @Test
    void changedFieldIsLeftToCel() {
        Expression expression = Expression.compile("data.a == 'new'", Expression.Type.BOOLEAN);
        Projection projection = projection(expression);
        Field field = projection.field(FieldPath.parse("data.a"));
        Event event = Events.withData("{\"a\":\"old\"}", projection);
        BoundExpression bound = expression.bind(projection);

        assertThat(bound.test(event)).isFalse();
        event.set(field, "new");

        assertThat(bound.test(event)).isTrue();
    }

    private String test(int depth) {
        return switch (random.nextInt(depth == 0 ? 6 : 10)) {
            case 0 -> "%s %s %s".formatted(any(FIELDS), equality(), any(TEXTS));
            case 1 -> "%s %s %s".formatted(any(TEXTS), equality(), any(FIELDS));
            case 2 -> "data.a %s %s".formatted(any(List.of("<", "<=", ">", "!=")), any(NUMBERS));
            case 3 ->
                    "%s.%s(%s)"
                            .formatted(
                                    any(FIELDS),
                                    any(List.of("contains", "startsWith", "endsWith")),
                                    any(TEXTS));
            case 4 -> "%s in [%s, %s]".formatted(any(FIELDS), any(TEXTS), any(TEXTS));
            case 5 -> any(List.of("has(data.c.b)", "data.b == null", "data.a", "timestamp < 5"));
            case 6 -> "!(%s)".formatted(test(depth - 1));
            case 7 -> "(%s || %s)".formatted(test(depth - 1), test(depth - 1));
            default -> "(%s && %s)".formatted(test(depth - 1), test(depth - 1));
        };
    }

    private String equality() {
        return any(List.of("==", "!="));
    }

    private Event event(Projection projection) {
        StringBuilder data = new StringBuilder("{\"z\":0");
        for (String name : List.of("a", "b", "c", "d")) {
            if (random.nextInt(8) > 0) {
                data.append(",\"%s\":%s".formatted(name, any(JSON_VALUES)));
            }
        }
        Event event = Events.withData(data.append('}').toString(), projection);
        if (random.nextInt(5) == 0) {
            Object changed = any(List.of("bot", 5L, Map.of("b", "bot")));
            event.set(projection.field(FieldPath.parse("data.a")), changed);
        }
        return event;
    }

    private <T> T any(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private static Projection projection(Expression expression) {
        List<FieldPath> paths = new ArrayList<>(expression.paths());
        paths.add(FieldPath.parse("data.a"));
        return Projection.of(paths);
    }

    private static String outcome(BoundExpression bound, Event event) {
        try {
            return String.valueOf(bound.test(event));
        } catch (EvaluationException failed) {
            return failed.code() + ": " + failed.getMessage();
        }
    }
}
