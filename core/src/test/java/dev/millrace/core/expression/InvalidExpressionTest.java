package dev.millrace.core.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.millrace.core.expression.InvalidExpressionException.Problem;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

class InvalidExpressionTest {
    @ParameterizedTest
    @MethodSource
    void isRefusedWithItsPlace(String expression, int line, int column, String detail) {
        assertThatThrownBy(() -> Expression.compile(expression, Expression.Type.BOOLEAN))
                .isInstanceOfSatisfying(
                        InvalidExpressionException.class,
                        e ->
                                assertThat(e.problems())
                                        .first()
                                        .isEqualTo(new Problem(line, column, detail)));
    }

    static Stream<Arguments> isRefusedWithItsPlace() {
        return Stream.of(
                arguments("", 1, 1, "the expression is empty"),
                arguments(
                        "status < 400",
                        1,
                        1,
                        "there is no 'status'; there are id, type, source, timestamp and data"),
                arguments(
                        "data.a == 1 &&\n  event.b == 2",
                        2,
                        3,
                        "there is no 'event'; there are id, type, source, timestamp and data"),
                arguments("lower(data.a) == 'x'", 1, 6, "there is no function 'lower'"),
                arguments("data.a.foo()", 1, 11, "there is no function 'foo'"),
                arguments("type ==", 1, 8, "the expression ends too early"),
                arguments("type = 'a'", 1, 6, "'=' cannot stand here"),
                arguments("data.a data.b", 1, 8, "'data' cannot stand here"),
                arguments("'a' + 1 == 2", 1, 5, "'+' cannot take a string and an integer"),
                arguments("type < 3", 1, 6, "'<' cannot take a string and an integer"),
                arguments("type == 3", 1, 6, "'==' cannot take a string and an integer"),
                arguments(
                        "timestamp.contains('a')",
                        1,
                        19,
                        "'contains' cannot be called on an integer with a string"),
                arguments(
                        "data.a ? 1 : 'x'",
                        1,
                        8,
                        "both sides of '?:' must have one type; dyn(…) around one of them allows two"),
                arguments("type", 1, 1, "the result is a string, but must be true or false"),
                arguments(
                        "data.a.matches('[')",
                        1,
                        16,
                        "'[' is no regular expression: missing closing ]"),
                arguments(
                        "true" + " && true".repeat(3_000),
                        1,
                        1,
                        "the expression has 24,004 characters; at most 16,384 are allowed"));
    }

    @Test
    void everyProblemIsTold() {
        assertThatThrownBy(() -> Expression.compile("a == 1 || b == 2", Expression.Type.BOOLEAN))
                .isInstanceOfSatisfying(
                        InvalidExpressionException.class,
                        e ->
                                assertThat(e.problems())
                                        .extracting(Problem::column)
                                        .containsExactly(1, 11));
    }

    @Test
    void nestingHasABound() {
        String deep = "(".repeat(2_000) + "true" + ")".repeat(2_000);

        assertThatThrownBy(() -> Expression.compile(deep, Expression.Type.BOOLEAN))
                .isInstanceOf(InvalidExpressionException.class);
    }
}
