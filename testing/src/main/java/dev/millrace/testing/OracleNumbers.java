package dev.millrace.testing;

import dev.millrace.testing.OraclePipeline.Aggregate;
import dev.millrace.testing.OraclePipeline.Event;
import dev.millrace.testing.OraclePipeline.Failure;
import dev.millrace.testing.OraclePipeline.Function;
import dev.millrace.testing.OraclePipeline.Value;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the oracle makes of the data of events that stand together in a group. */
final class OracleNumbers {
    private OracleNumbers() {}

    /** An event that an aggregate cannot count fails as a whole. */
    static void check(Aggregate aggregate, Event event) {
        for (String field : aggregate.by()) {
            Object value = event.data().get(field);
            if (value instanceof Map || value instanceof List) {
                throw new Failure("type");
            }
        }
        for (Value value : aggregate.values()) {
            Object number = event.data().get(value.field());
            if (value.function() != Function.COUNT
                    && number != null
                    && !(number instanceof Number)) {
                throw new Failure("type");
            }
        }
    }

    /** Numbers that are equal are one group. */
    static List<@Nullable Object> group(Aggregate aggregate, Event event) {
        List<@Nullable Object> group = new ArrayList<>();
        for (String field : aggregate.by()) {
            Object value = event.data().get(field);
            group.add(
                    value instanceof Double number && number == Math.rint(number)
                            ? (Object) exact(number).longValueExact()
                            : value);
        }
        return group;
    }

    static List<@Nullable Object> values(Aggregate aggregate, List<Event> events) {
        List<@Nullable Object> values = new ArrayList<>();
        for (Value value : aggregate.values()) {
            List<Object> numbers = new ArrayList<>();
            for (Event event : events) {
                Object number = event.data().get(value.field());
                if (number != null) {
                    numbers.add(number);
                }
            }
            values.add(
                    switch (value.function()) {
                        case COUNT -> (long) events.size();
                        case SUM -> sum(numbers);
                        case AVG -> average(numbers);
                        case MIN -> extreme(numbers, -1);
                        case MAX -> extreme(numbers, 1);
                    });
        }
        return values;
    }

    private static @Nullable Object sum(List<Object> numbers) {
        if (numbers.isEmpty()) {
            return null;
        }
        BigDecimal sum = exactSum(numbers);
        boolean integers = numbers.stream().allMatch(Long.class::isInstance);
        return integers && sum.toBigInteger().bitLength() < Long.SIZE
                ? (Object) sum.longValueExact()
                : (Object) sum.doubleValue();
    }

    private static @Nullable Object average(List<Object> numbers) {
        return numbers.isEmpty() ? null : exactSum(numbers).doubleValue() / numbers.size();
    }

    /** Of two equal ones the integer; zero without a sign. */
    private static @Nullable Object extreme(List<Object> numbers, int sign) {
        Object best = null;
        for (Object number : numbers) {
            int order = best == null ? sign : exact(number).compareTo(exact(best));
            if (order * sign > 0 || order == 0 && number instanceof Long) {
                best = number;
            }
        }
        return best instanceof Double zero && zero == 0 ? (Object) 0.0 : best;
    }

    private static BigDecimal exactSum(List<Object> numbers) {
        return numbers.stream().map(OracleNumbers::exact).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private static BigDecimal exact(Object number) {
        return number instanceof Long integer
                ? BigDecimal.valueOf(integer)
                : new BigDecimal((Double) number);
    }
}
