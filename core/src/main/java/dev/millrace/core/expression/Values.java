package dev.millrace.core.expression;

import com.google.common.primitives.UnsignedLong;

import dev.cel.common.types.CelType;
import dev.cel.common.types.TypeType;
import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import dev.millrace.core.expression.EvaluationException.Code;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Between the values of events and the values of CEL. */
final class Values {
    private int left = Limits.VALUES_MAX;

    private Values() {}

    /** CEL knows no Java null, on its own or within a list or map. */
    static Object toCel(@Nullable Object value) {
        return switch (value) {
            case null -> NullValue.NULL_VALUE;
            case List<?> list -> {
                List<Object> copy = new ArrayList<>(list.size());
                list.forEach(v -> copy.add(toCel(v)));
                yield copy;
            }
            case Map<?, ?> map -> {
                Map<Object, Object> copy = LinkedHashMap.newLinkedHashMap(map.size());
                map.forEach((k, v) -> copy.put(k, toCel(v)));
                yield copy;
            }
            default -> value;
        };
    }

    /**
     * What JSON can hold: an unsigned integer past the range of a long becomes a double, bytes
     * base64, a timestamp RFC 3339, a duration seconds such as {@code 1.5s}, keys strings.
     *
     * @throws EvaluationException if a number is not finite or there are too many values
     */
    static @Nullable Object fromCel(Object value) {
        return new Values().convert(value);
    }

    private @Nullable Object convert(Object value) {
        if (--left < 0) {
            throw new EvaluationException(
                    Code.LIMIT, "the result has more than %,d values".formatted(Limits.VALUES_MAX));
        }
        return switch (value) {
            case String text -> text;
            case Long number -> number;
            case Boolean truth -> truth;
            case Double number -> finite(number);
            case NullValue _ -> null;
            case UnsignedLong number ->
                    number.longValue() >= 0 ? (Object) number.longValue() : number.doubleValue();
            case CelByteString bytes -> Base64.getEncoder().encodeToString(bytes.toByteArray());
            case Instant time -> time.toString();
            case Duration duration -> seconds(duration);
            case List<?> list -> list(list);
            case Map<?, ?> map -> map(map);
            case TypeType type -> type.containingTypeName();
            case CelType type -> type.name();
            default ->
                    throw new EvaluationException(
                            Code.TYPE, "the result is nothing that an event can hold");
        };
    }

    private List<@Nullable Object> list(List<?> list) {
        List<@Nullable Object> converted = new ArrayList<>(list.size());
        list.forEach(v -> converted.add(convert(v)));
        return converted;
    }

    private Map<String, @Nullable Object> map(Map<?, ?> map) {
        Map<String, @Nullable Object> converted = LinkedHashMap.newLinkedHashMap(map.size());
        map.forEach((k, v) -> converted.put(String.valueOf(k), convert(v)));
        return converted;
    }

    private static Double finite(Double number) {
        if (!Double.isFinite(number)) {
            throw new EvaluationException(Code.OVERFLOW, "the result is no finite number");
        }
        return number;
    }

    private static String seconds(Duration duration) {
        BigDecimal seconds =
                BigDecimal.valueOf(duration.getSeconds())
                        .add(BigDecimal.valueOf(duration.getNano(), 9));
        return seconds.signum() == 0 ? "0s" : seconds.stripTrailingZeros().toPlainString() + "s";
    }
}
