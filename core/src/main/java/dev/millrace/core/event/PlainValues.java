package dev.millrace.core.event;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Decoded values: their kinds, their members, copies with one member changed. */
public final class PlainValues {
    /** Levels of a value inside {@code data}, which is the second level of an event. */
    private static final int MAX_DEPTH = ReadLimits.DEFAULT_DEPTH - 2;

    private PlainValues() {}

    public static JsonKind kind(@Nullable Object value) {
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

    /**
     * Whether an event can have a value and still be read again: not nested too deep, and not
     * larger than an event.
     *
     * @param depth of the place where it goes, 0 being {@code data}
     * @throws IllegalArgumentException if not
     */
    public static void checkFits(@Nullable Object value, int depth) {
        if (depth(value) + depth > MAX_DEPTH) {
            throw new IllegalArgumentException(
                    "a field cannot hold a value that is nested over " + MAX_DEPTH + " levels");
        }
        if (size(value) > ReadLimits.DEFAULT_EVENT_BYTES) {
            throw new IllegalArgumentException(
                    "a field cannot hold a value of more than %d bytes"
                            .formatted(ReadLimits.DEFAULT_EVENT_BYTES));
        }
    }

    /** Lists and maps inside one another, itself included. */
    private static int depth(@Nullable Object value) {
        Collection<?> inside =
                switch (value) {
                    case List<?> list -> list;
                    case Map<?, ?> map -> map.values();
                    case null, default -> List.of();
                };
        int deepest = 0;
        for (Object one : inside) {
            deepest = Math.max(deepest, 1 + depth(one));
        }
        return deepest;
    }

    /** What stands inside a value, level by level, or {@link Event#MISSING}. */
    public static @Nullable Object inside(@Nullable Object value, List<String> names) {
        Object at = value;
        for (String name : names) {
            if (!(at instanceof Map<?, ?> map) || !map.containsKey(name)) {
                return Event.MISSING;
            }
            at = map.get(name);
        }
        return at;
    }

    /**
     * A value of a program as a decoded one: every whole number a Long, every other a Double, lists
     * and maps copied and unmodifiable.
     *
     * @param depth of the place where it goes, 0 being {@code data}
     * @throws IllegalArgumentException if JSON cannot hold it, or it is nested too deep
     */
    public static @Nullable Object copy(@Nullable Object value, int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException(
                    "a field cannot hold a value that is nested over " + MAX_DEPTH + " levels");
        }
        return switch (value) {
            case Integer number -> number.longValue();
            case Short number -> number.longValue();
            case Byte number -> number.longValue();
            case Float number -> copy(number.doubleValue(), depth);
            case List<?> list -> {
                List<@Nullable Object> copy = new ArrayList<>(list.size());
                list.forEach(element -> copy.add(copy(element, depth + 1)));
                yield Collections.unmodifiableList(copy);
            }
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> copy = new LinkedHashMap<>();
                map.forEach((name, member) -> copy.put(name(name), copy(member, depth + 1)));
                yield Collections.unmodifiableMap(copy);
            }
            case null, default -> {
                check(value);
                yield value;
            }
        };
    }

    private static String name(@Nullable Object name) {
        if (name instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("a JSON name must be a string, not " + name);
    }

    /** About as many bytes as a value has as JSON, from below. */
    public static long size(@Nullable Object value) {
        long size = 1;
        switch (value) {
            case String text -> size += text.length();
            case List<?> list -> {
                for (Object element : list) {
                    size += 1 + size(element);
                }
            }
            case Map<?, ?> map -> {
                for (Map.Entry<?, ?> member : map.entrySet()) {
                    size += 1 + size(member.getKey()) + size(member.getValue());
                }
            }
            case null, default -> {}
        }
        return size;
    }

    /**
     * A copy with one place changed; objects on the way are copied or created.
     *
     * @param names at least one
     * @return unmodifiable, as far as {@code base} is
     */
    public static Map<String, @Nullable Object> with(
            @Nullable Object base, List<String> names, @Nullable Object value) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        if (base instanceof Map<?, ?> map) {
            map.forEach((name, member) -> copy.put((String) name, member));
        }
        String name = names.getFirst();
        Object old = copy.containsKey(name) ? copy.get(name) : Event.MISSING;
        List<String> below = names.subList(1, names.size());
        Object changed = below.isEmpty() ? value : with(old, below, value);
        if (Event.MISSING.equals(changed)) {
            copy.remove(name);
        } else {
            copy.put(name, changed);
        }
        return Collections.unmodifiableMap(copy);
    }
}
