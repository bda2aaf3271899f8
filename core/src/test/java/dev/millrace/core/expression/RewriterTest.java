package dev.millrace.core.expression;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Set;
import java.util.TreeSet;

class RewriterTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "1 + 2                                             | _+_",
                "1.5 * 2.5                                         | _*_",
                "1 + 2.5                                           | @+",
                "5.5 % 2.5                                         | @%",
                "data.a + 1                                        | @+",
                "data.a - data.b                                   | @-",
                "id + type                                         | @+",
                "[1] + [2]                                         | @+",
                "[1].map(x, x)                                     | @append @gather @gathered",
                "[1].map(x, [x, x])                                | @append @bounded @gather @gathered",
                "timestamp < 3                                     | _<_",
                "timestamp < 3.5                                   | _<_",
                "data.a < 3                                        | @<",
                "data.a < 3u                                       | _<_",
                "type == 'a'                                       | @==",
                "data.a != null                                    | @!=",
                "[1] == [2]                                        | _==_",
                "timestamp(data.a) + duration('1s')                | _+_ duration timestamp",
                "timestamp(data.a) > timestamp(data.b)             | _>_ timestamp",
                "data.a.matches('x')                               | @matches",
                "data.a.matches(data.b)                            | matches",
                "data.a.replace('x', 'y')                          | @replace",
                "data.a.join()                                     | @join",
                "data.a[0].b                                       | _[_]",
                "data['a'].b                                       |",
            })
    void putsOursWhereOperandsAreOpenOrMixed(String expression, String functions) {
        Set<String> called = new TreeSet<>();
        for (CelExpr node :
                Nodes.byId(
                                Rewriter.rewrite(Checker.check(expression, Expression.Type.ANY))
                                        .ast()
                                        .getExpr())
                        .values()) {
            if (node.getKind() == ExprKind.Kind.CALL) {
                called.add(node.call().function());
            }
        }
        assertThat(called)
                .containsExactly(functions == null ? new String[0] : functions.split(" "));
    }
}
