package dev.millrace.core.expression;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.FieldPath;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "true                                          |",
                "type == 'a' && timestamp > 0                  | timestamp type",
                "data.a.b == 1                                 | data.a.b",
                "data['a'].b == data.c['d']                    | data.a.b data.c.d",
                "data.`odd-name` == 1                          | data.odd-name",
                "has(data.a.b)                                 | data.a.b",
                "has(data['a'].b) && data.a.b > 1              | data.a.b",
                "'a' in data                                   | data.a",
                "'a' in data.b                                 | data.b",
                "data['a.b'] == 1                              | data",
                "data[type] == 1                               | data type",
                "data.a[0].b == 1                              | data.a",
                "data.a[data.b] == 1                           | data.a data.b",
                "size(data) > 1                                | data",
                "data.a.map(x, x.y + data.c) == []             | data.a data.c",
                "data.a.exists(data, data.b == 1)              | data.a",
                "[1].exists(type, type == data.n)              | data.n",
                "data.a.exists(x, has(x.y) && has(data.z))     | data.a data.z",
                "data.exists(k, k == 'a')                      | data",
            })
    void namesWhatItReads(String expression, String paths) {
        assertThat(
                        Expression.compile(expression, Expression.Type.BOOLEAN).paths().stream()
                                .map(FieldPath::toString))
                .containsExactly(paths == null ? new String[0] : paths.split(" "));
    }
}
