package dev.millrace.core.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.FieldPath;
import dev.millrace.core.event.Projection;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;

class ExpressionTest {
    private static final String DATA =
            """
            {"ua": "Mozilla bot", "status": 200, "ratio": 2.5, "nothing": null, "yes": true,
             "path": "/shop/Tee", "digits": "12", "greeting": "héllo 😀",
             "list": [1, 2.5, null, "x"], "words": ["a", "b"], "numbers": [3, 1, 2],
             "items": [{"price": 2, "name": "tee"}, {"price": 3.5, "name": null}],
             "deep": {"er": {"est": 7}}, "odd-name": 1,
             "max": 9223372036854775807, "min": -9223372036854775808,
             "past": 9223372036854775808, "exact": 9007199254740993, "rounded": 9007199254740992.0}
            """;

    @ParameterizedTest
    @MethodSource
    void gives(String expression, Object expected) {
        assertThat(evaluate(expression)).isEqualTo(expected);
    }

    static Stream<Arguments> gives() {
        return Stream.of(
                arguments("type == 'page_view' && data.ua.contains('bot')", true),
                arguments("id + '@' + source", "e1@shop"),
                arguments("timestamp + 1", 1_700_000_000_001L),
                arguments("timestamp(timestamp / 1000)", "2023-11-14T22:13:20Z"),
                // nulls and missing fields
                arguments("data.nothing", null),
                arguments("data.nothing == null", true),
                arguments("data.ua == null", false),
                arguments("data.ua != null", true),
                arguments("has(data.nothing)", true),
                arguments("has(data.gone)", false),
                arguments("has(data.gone.too)", false),
                arguments("has(data.ua.too)", false),
                arguments("has(data.deep.er.est)", true),
                arguments("'ua' in data", true),
                arguments("'gone' in data", false),
                arguments("'er' in data.deep", true),
                arguments("!has(data.gone) || data.gone == 1", true),
                arguments("data.gone == 1 || data.yes", true),
                arguments("data.gone == 1 && !data.yes", false),
                // numbers
                arguments("data.status + 1", 201L),
                arguments("data.status + 0.5", 200.5),
                arguments("data.ratio * data.status", 500.0),
                arguments("data.status / 3", 66L),
                arguments("-7 / 2", -3L),
                arguments("-7 % 2", -1L),
                arguments("data.status / 400.0", 0.5),
                arguments("data.ratio % 2", 0.5),
                arguments("5.5 % 2.0", 1.5),
                arguments("1 + 2.5", 3.5),
                arguments("2.5 - 1", 1.5),
                arguments("1 + 2", 3L),
                arguments("data.status < 400", true),
                arguments("data.status < 199.5", false),
                arguments("data.ratio >= 3", false),
                arguments("3 > 2.5", true),
                arguments("data.status == 200.0", true),
                arguments("data.ratio * 2.0 == 5", true),
                arguments("data.status in [200, 404]", true),
                arguments("data.max == 9223372036854775807", true),
                arguments("data.max == 9223372036854775808.0", false),
                arguments("data.max < data.past", true),
                arguments("data.min == -9223372036854775808.0", true),
                arguments("data.min - 0 == data.min", true),
                arguments("data.exact == data.rounded", false),
                arguments("data.exact > data.rounded", true),
                arguments("0.0 / 0.0 == 0.0 / 0.0", false),
                arguments("data.status > 5u", true),
                arguments("math.greatest(data.status, 7)", 200L),
                arguments("math.least(data.ratio, 7)", 2.5),
                arguments("18446744073709551615u", 1.8446744073709552E19),
                // strings
                arguments("data.path.split('/')[1]", "shop"),
                arguments("data.path.lowerAscii()", "/shop/tee"),
                arguments("data.path.replace('/', '-')", "-shop-Tee"),
                arguments("data.path.replace('/', '-', 1)", "-shop/Tee"),
                arguments("'añ😀'.replace('', '.')", ".a.ñ.😀."),
                arguments("data.path.substring(1, 5)", "shop"),
                arguments("data.words.join(',')", "a,b"),
                arguments("data.words.join()", "ab"),
                arguments("data.path.matches('^/sh')", true),
                arguments("data.path.matches('^' + data.path)", true),
                arguments("data.greeting.size()", 7L),
                arguments("data.greeting.contains('😀')", true),
                arguments("data.ua + data.path", "Mozilla bot/shop/Tee"),
                arguments("int(data.digits) + 1", 13L),
                arguments("base64.encode(b'abc')", "YWJj"),
                arguments("b'abc'", "YWJj"),
                // conditions
                arguments("data.status < 400 ? 'ok' : 'bad'", "ok"),
                arguments("data.yes ? dyn(1) : 'x'", 1L),
                // time
                arguments("duration('90s')", "90s"),
                arguments("duration('1500ms')", "1.5s"),
                arguments("duration('0s')", "0s"),
                arguments(
                        "timestamp('2024-01-01T00:00:00Z') + duration('1h')",
                        "2024-01-01T01:00:00Z"),
                arguments(
                        "timestamp('2024-01-01T00:00:00Z') - timestamp('2023-12-31T00:00:00Z')",
                        "86400s"),
                // lists, objects, macros
                arguments("data.list", Arrays.asList(1L, 2.5, null, "x")),
                arguments("data.list[2] == null", true),
                arguments("data.list == [1.0, 2.5, null, 'x']", true),
                arguments("data.deep == {'er': {'est': 7.0}}", true),
                arguments("data.deep", Map.of("er", Map.of("est", 7L))),
                arguments("data.words + ['c']", List.of("a", "b", "c")),
                arguments("[1, 2] + [3]", List.of(1L, 2L, 3L)),
                arguments("data.numbers.map(n, n * 2)", List.of(6L, 2L, 4L)),
                arguments("data.numbers.map(n, n > 1, n + 0.5)", List.of(3.5, 2.5)),
                arguments("data.items.map(i, i.price * 2)", List.of(4L, 7.0)),
                arguments("data.numbers.filter(n, n > 1)", List.of(3L, 2L)),
                arguments("data.items.exists(i, i.name == null)", true),
                arguments("data.items.all(i, i.price > 0)", true),
                arguments("data.items.exists_one(i, i.price == 2.0)", true),
                arguments("data.items.filter(i, has(i.gone)).size()", 0L),
                arguments("data.deep.map(k, k)", List.of("er")),
                arguments("[1].map(x, [2].map(data, data + x))", List.of(List.of(3L))),
                arguments("sets.contains(data.numbers, [1, 2])", true),
                arguments("{'a': data.nothing}.a == null", true),
                arguments("size(data) > 5", true),
                arguments("data[data.yes ? 'ua' : 'path']", "Mozilla bot"));
    }

    @ParameterizedTest
    @MethodSource
    void fails(String expression, String code, String message) {
        assertThatThrownBy(() -> evaluate(expression))
                .isInstanceOfSatisfying(
                        EvaluationException.class,
                        e -> {
                            assertThat(e.getMessage()).isEqualTo(message);
                            assertThat(e.code()).hasToString(code);
                        });
    }

    static Stream<Arguments> fails() {
        return Stream.of(
                arguments("data.gone", "no-such-field", "no such field: data.gone"),
                arguments("data.gone.too", "no-such-field", "no such field: data.gone"),
                arguments("data.deep.gone", "no-such-field", "no such field: data.deep.gone"),
                arguments("data.ua.gone", "no-such-field", "no such field: data.ua.gone"),
                arguments(
                        "data.gone == 1 || !data.yes", "no-such-field", "no such field: data.gone"),
                arguments(
                        "data.gone == 1 && data.yes", "no-such-field", "no such field: data.gone"),
                arguments("data.items.map(i, i.gone)", "no-such-field", "no such field: i.gone"),
                arguments("data[data.path]", "no-such-field", "no such key in data"),
                arguments("data.list[9]", "no-such-field", "the index is outside of data.list"),
                arguments("data.ua < 400", "type", "data.ua is a string, but '<' needs a number"),
                arguments("400 > data.ua", "type", "data.ua is a string, but '>' needs a number"),
                arguments(
                        "data.nothing < 400",
                        "type",
                        "data.nothing is null, but '<' needs a number"),
                arguments(
                        "data.ua < data.status",
                        "type",
                        "'<' cannot take data.ua (a string) and data.status (a number)"),
                arguments("data.ua + 1", "type", "data.ua is a string, but '+' needs a number"),
                arguments(
                        "data.ua * data.status",
                        "type",
                        "data.ua is a string, but '*' needs a number"),
                arguments("data.list.map(x, x + 1)", "type", "x is null, but '+' needs a number"),
                arguments("-data.ua", "type", "data.ua is a string, but '-' needs a number"),
                arguments(
                        "!data.status",
                        "type",
                        "data.status is a number, but '!' needs true or false"),
                arguments(
                        "data.yes && data.status",
                        "type",
                        "data.status is a number, but must be true or false"),
                arguments(
                        "data.status ? 1 : 2",
                        "type",
                        "data.status is a number, but must be true or false"),
                arguments(
                        "data.status.contains('2')",
                        "type",
                        "data.status is a number, but 'contains' needs a string"),
                arguments(
                        "data.nothing.lowerAscii()",
                        "type",
                        "data.nothing is null, but 'lowerAscii' needs a string"),
                arguments(
                        "data.status.matches('2')",
                        "type",
                        "data.status is a number, but 'matches' needs a string"),
                arguments(
                        "data.list.join(',')",
                        "type",
                        "'join' needs a list of strings, but one is a number"),
                arguments("data.max + 1", "overflow", "the result of '+' is out of range"),
                arguments(
                        "9223372036854775807 + 1", "overflow", "the result of '+' is out of range"),
                arguments("data.min / -1", "overflow", "the result of '/' is out of range"),
                arguments("data.min * -1", "overflow", "the result of '*' is out of range"),
                arguments("data.ratio / 0", "overflow", "the result is no finite number"),
                arguments("[[0.0 / 0.0]]", "overflow", "the result is no finite number"),
                arguments("data.status / 0", "divide-by-zero", "division by zero"),
                arguments("data.status % 0", "divide-by-zero", "division by zero"),
                arguments("1 / 0", "divide-by-zero", "division by zero"),
                arguments("int(data.ua)", "value", "'int' cannot convert data.ua (a string)"),
                arguments(
                        "data.ua.substring(99)",
                        "value",
                        "'substring' failed: Range […, …) out of bounds"),
                arguments(
                        "data.path.matches(data.path + '[')",
                        "value",
                        "'matches' failed: error parsing regexp: missing closing ]: …"),
                arguments(nestedMacros(5), "limit", "the macros take more than 10,000 steps"),
                arguments(
                        "data.ua" + ".replace('', data.path)".repeat(9),
                        "limit",
                        "a string grows over 4,194,304 characters"),
                arguments(
                        "[data.words]" + ".map(v, [v, v])".repeat(40),
                        "limit",
                        "a list or object grows over 100,000 values"),
                arguments(
                        "[data.words]" + ".map(v, {'a': v, 'b': v})".repeat(40),
                        "limit",
                        "a list or object grows over 100,000 values"),
                arguments(
                        "[data.words]" + ".map(v, v + v)".repeat(40),
                        "limit",
                        "a list or object grows over 100,000 values"),
                arguments(
                        doubled("data.ua", 30),
                        "limit",
                        "a string grows over 4,194,304 characters"));
    }

    @Test
    void filterThatGivesNoBooleanFails() {
        BoundExpression bound = bind("data.status", Expression.Type.BOOLEAN);

        assertThatThrownBy(() -> bound.test(Events.withData(DATA, projection("data.status"))))
                .isInstanceOf(EvaluationException.class)
                .hasMessage("the result is a number, but must be true or false");
    }

    @Test
    void boundExpressionFollowsTheEventItIsGiven() {
        Expression expression = Expression.compile("data.n > 1", Expression.Type.BOOLEAN);
        Projection projection = Projection.of(expression.paths());
        BoundExpression bound = expression.bind(projection);

        assertThat(bound.test(Events.withData("{\"n\": 2}", projection))).isTrue();
        assertThatThrownBy(() -> bound.test(Events.withData("{}", projection)))
                .isInstanceOf(EvaluationException.class);
        assertThat(bound.test(Events.withData("{\"n\": 1}", projection))).isFalse();
    }

    @Test
    void projectionThatDoesNotCoverThePathsIsRefused() {
        Expression expression = Expression.compile("data.a", Expression.Type.ANY);

        assertThatThrownBy(() -> expression.bind(projection("data.b")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("data.a");
    }

    @Test
    void widerProjectionGivesTheSame() {
        Expression expression =
                Expression.compile("data.deep.er.est + data.status", Expression.Type.ANY);
        Projection whole = projection("data");

        assertThat(expression.bind(whole).evaluate(Events.withData(DATA, whole))).isEqualTo(207L);
    }

    @Test
    void threadsShareAnExpressionThroughTheirOwnBindings() throws Exception {
        Expression expression =
                Expression.compile(
                        "data.n * 2 + data.list.map(x, x + data.n).size()", Expression.Type.ANY);
        Projection projection = Projection.of(expression.paths());
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<Boolean>> answers =
                    IntStream.range(0, 8)
                            .mapToObj(t -> threads.submit(() -> sums(expression, projection, t)))
                            .toList();
            for (Future<Boolean> answer : answers) {
                assertThat(answer.get()).isTrue();
            }
        }
    }

    private static boolean sums(Expression expression, Projection projection, int n) {
        BoundExpression bound = expression.bind(projection);
        Event event = Events.withData("{\"n\": %d, \"list\": [1, 2]}".formatted(n), projection);
        return IntStream.range(0, 2_000)
                .allMatch(_ -> Long.valueOf(n * 2L + 2).equals(bound.evaluate(event)));
    }

    /** Ten steps at each level. */
    private static String nestedMacros(int depth) {
        String inner = "0";
        for (int i = 0; i < depth; i++) {
            inner = "[1,2,3,4,5,6,7,8,9,10].map(v%d, %s)".formatted(i, inner);
        }
        return inner;
    }

    private static String doubled(String text, int times) {
        String expression = text;
        for (int i = 0; i < times; i++) {
            expression = "[%s].map(v%d, v%d + v%d)[0]".formatted(expression, i, i, i);
        }
        return expression;
    }

    private static Object evaluate(String source) {
        Expression expression = Expression.compile(source, Expression.Type.ANY);
        Projection projection = Projection.of(expression.paths());
        return expression.bind(projection).evaluate(Events.withData(DATA, projection));
    }

    private static BoundExpression bind(String source, Expression.Type type) {
        Expression expression = Expression.compile(source, type);
        return expression.bind(Projection.of(expression.paths()));
    }

    private static Projection projection(String path) {
        return Projection.of(List.of(FieldPath.parse(path)));
    }
}
