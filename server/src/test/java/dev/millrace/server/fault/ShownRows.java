package dev.millrace.server.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.server.ServerApi;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;

/**
 * A row as a line of text, the same wherever it was read: {@code
 * windowStart|windowEnd|group…|value…|revision|final}, numbers without zeros that say nothing.
 */
final class ShownRows {
    private static final int SHOWN = 5;

    private ShownRows() {}

    static String line(Map<String, Object> row) {
        StringJoiner line = new StringJoiner("|");
        line.add(number(row.get("windowStart"))).add(number(row.get("windowEnd")));
        members(row, "group").forEach(value -> line.add(String.valueOf(value)));
        members(row, "values").forEach(value -> line.add(number(value)));
        return line.add(number(row.get("revision")))
                .add(String.valueOf(row.get("final")))
                .toString();
    }

    static Collection<?> members(Map<String, Object> row, String name) {
        return ((Map<?, ?>) Objects.requireNonNull(row.get(name), name)).values();
    }

    static String number(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        BigDecimal number = new BigDecimal(value.toString());
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }

    static List<String> of(ServerApi api, String pipeline, String aggregate) {
        return api.rows(pipeline, aggregate).stream().map(ShownRows::line).toList();
    }

    static void requireSame(String what, Collection<String> found, Collection<String> shown) {
        Set<String> missing = new HashSet<>(shown);
        missing.removeAll(found);
        List<String> more = new ArrayList<>(found);
        shown.forEach(more::remove);
        assertThat(missing.isEmpty() && more.isEmpty())
                .as(
                        "%s: %d rows, of which these are not what the API shows: %s; it shows %d, of which these are not there: %s",
                        what,
                        found.size(),
                        more.stream().limit(SHOWN).toList(),
                        shown.size(),
                        missing.stream().limit(SHOWN).toList())
                .isTrue();
    }
}
