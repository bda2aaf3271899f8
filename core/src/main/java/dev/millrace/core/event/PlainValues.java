package dev.millrace.core.event;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Decoded values: their kinds, their members, copies with one member changed. */
final class PlainValues {
    private PlainValues() {}

    static JsonKind kind(@Nullable Object value) {
        return switch (value) {
            case null -> JsonKind.NULL;
            case String text -> JsonKind.STRING;
            case Long number -> JsonKind.INTEGER;
            case Double number -> JsonKind.DECIMAL;
            case Boolean flag -> JsonKind.BOOLEAN;
            case List<?> list -> JsonKind.ARRAY;
            case Map<?, ?> map -> JsonKind.OBJECT;
            default -> JsonKind.MISSING;
        };
    }

    /**
     * @throws IllegalArgumentException if JSON cannot hold it
     */
    static void check(@Nullable Object value) {
        switch (value) {
            case null -> {}
            case Double number -> {
                if (!Double.isFinite(number)) {
                    throw new IllegalArgumentException("a JSON number cannot be " + number);
                }
            }
            case List<?> list -> list.forEach(PlainValues::check);
            case Map<?, ?> map ->
                    map.forEach((name, member) -> {
                        if (!(name instanceof String)) {
                            throw new IllegalArgumentException(
                                    "a JSON name must be a string, not " + name);
                        }
                        check(member);
                    });
            default -> {
                if (kind(value) == JsonKind.MISSING) {
                    throw new IllegalArgumentException(
                            "a field cannot hold a " + value.getClass().getSimpleName());
                }
            }
        }
    }

    /** What stands inside a value, level by level, or {@link Event#MISSING}. */
    static @Nullable Object inside(@Nullable Object value, List<String> names) {
        Object at = value;
        for (String name : names) {
            if (!(at instanceof Map<?, ?> map) || !map.containsKey(name)) {
                return Event.MISSING;
            }
            at = map.get(name);
        }
        return at;
    }

    /** A copy with one place changed; objects on the way are copied or created. */
    static @Nullable Object with(
            @Nullable Object base, List<String> names, @Nullable Object value) {
        if (names.isEmpty()) {
            return value;
        }
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        if (base instanceof Map<?, ?> map) {
            map.forEach((name, member) -> copy.put((String) name, member));
        }
        String name = names.getFirst();
        Object old = copy.containsKey(name) ? copy.get(name) : Event.MISSING;
        Object changed = with(old, names.subList(1, names.size()), value);
        if (Event.MISSING.equals(changed)) {
            copy.remove(name);
        } else {
            copy.put(name, changed);
        }
        return copy;
    }
}
