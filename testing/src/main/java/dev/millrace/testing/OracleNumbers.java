package dev.millrace.testing;

import dev.millrace.testing.OraclePipeline.Aggregate;
import dev.millrace.testing.OraclePipeline.Event;
import dev.millrace.testing.OraclePipeline.Failure;
import dev.millrace.testing.OraclePipeline.Value;
import dev.millrace.testing.OraclePipeline.Value.Avg;
import dev.millrace.testing.OraclePipeline.Value.Count;
import dev.millrace.testing.OraclePipeline.Value.Distinct;
import dev.millrace.testing.OraclePipeline.Value.Max;
import dev.millrace.testing.OraclePipeline.Value.Min;
import dev.millrace.testing.OraclePipeline.Value.Quantile;
import dev.millrace.testing.OraclePipeline.Value.Sum;
import dev.millrace.testing.OraclePipeline.Value.Top;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What the oracle makes of the data of events that stand together in a group. */
final class OracleNumbers {
    private OracleNumbers() {}

    /** An event that an aggregate cannot count fails as a whole. */
    static void check(Aggregate aggregate, Event event) {
        aggregate.by().forEach(field -> checkPlain(event.at(field)));
        for (Value value : aggregate.values()) {
            switch (value) {
                case Count() -> {}
                case Sum(String field) -> checkNumber(event.at(field));
                case Avg(String field) -> checkNumber(event.at(field));
                case Min(String field) -> checkNumber(event.at(field));
                case Max(String field) -> checkNumber(event.at(field));
                case Quantile(String field, double _) -> checkNumber(event.at(field));
                case Distinct(String field) -> checkPlain(event.at(field));
                case Top(String field, int _) -> checkPlain(event.at(field));
            }
        }
    }

    private static void checkPlain(@Nullable Object value) {
        if (value instanceof Map || value instanceof List) {
            throw new Failure("type");
        }
    }

    private static void checkNumber(@Nullable Object value) {
        if (value != null && !(value instanceof Number)) {
            throw new Failure("type");
        }
    }

    /** Numbers that are equal are one group. */
    static List<@Nullable Object> group(Aggregate aggregate, Event event) {
        List<@Nullable Object> group = new ArrayList<>();
        aggregate.by().forEach(field -> group.add(plain(event.at(field))));
        return group;
    }

    /** One and the same for values that are equal. */
    private static @Nullable Object plain(@Nullable Object value) {
        return value instanceof Double number && number == Math.rint(number)
                ? (Object) exact(number).longValueExact()
                : value;
    }

    static List<@Nullable Object> values(Aggregate aggregate, List<Event> events) {
        List<@Nullable Object> values = new ArrayList<>();
        for (Value value : aggregate.values()) {
            values.add(
                    switch (value) {
                        case Count() -> (long) events.size();
                        case Sum(String field) -> sum(all(field, events));
                        case Avg(String field) -> average(all(field, events));
                        case Min(String field) -> extreme(all(field, events), -1);
                        case Max(String field) -> extreme(all(field, events), 1);
                        case Distinct(String field) -> distinct(all(field, events));
                        case Quantile(String field, double q) -> quantile(all(field, events), q);
                        case Top(String field, int k) -> top(all(field, events), k);
                    });
        }
        return values;
    }

    /** What a field holds, without nothing. */
    private static List<Object> all(String field, List<Event> events) {
        List<Object> values = new ArrayList<>();
        for (Event event : events) {
            Object value = event.at(field);
            if (value != null) {
                values.add(value);
            }
        }
        return values;
    }

    private static Object distinct(List<Object> values) {
        return values.stream().map(OracleNumbers::plain).distinct().count();
    }

    /** The least of them that is not less than a share of {@code q}. */
    private static @Nullable Object quantile(List<Object> numbers, double q) {
        if (numbers.isEmpty()) {
            return null;
        }
        double[] sorted =
                numbers.stream().mapToDouble(number -> ((Number) number).doubleValue()).toArray();
        Arrays.sort(sorted);
        return sorted[(int) Math.ceil(q * sorted.length) - 1];
    }

    /** The most frequent first, of those equally frequent the least. */
    private static Object top(List<Object> values, int k) {
        Map<Object, Long> counts = new HashMap<>();
        values.forEach(value -> counts.merge(Objects.requireNonNull(plain(value)), 1L, Long::sum));
        return counts.entrySet().stream()
                .sorted(
                        Map.Entry.<Object, Long>comparingByValue()
                                .reversed()
                                .thenComparing(Map.Entry::getKey, OracleNumbers::order))
                .limit(k)
                .map(entry -> List.of(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** False, true, numbers, texts (of ASCII). */
    private static int order(Object one, Object other) {
        return switch (one) {
            case Boolean flag -> other instanceof Boolean than ? Boolean.compare(flag, than) : -1;
            case Number number when other instanceof Number than ->
                    exact(number).compareTo(exact(than));
            case Number _ -> other instanceof Boolean ? 1 : -1;
            case String text when other instanceof String than -> text.compareTo(than);
            default -> 1;
        };
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
