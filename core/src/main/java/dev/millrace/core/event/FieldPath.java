package dev.millrace.core.event;

import java.util.Arrays;
import java.util.List;

/**
 * Names one field of an event: {@code id}, {@code type}, {@code source}, {@code timestamp}, {@code
 * data}, or {@code data} followed by member names. Written with dots, so a member whose name holds
 * a dot cannot be reached.
 *
 * @param names one name a level, none empty, the first one an envelope field
 */
public record FieldPath(List<String> names) implements Comparable<FieldPath> {
    private static final List<String> ENVELOPE =
            List.of("id", "type", "source", "timestamp", "data");

    public static final FieldPath ID = new FieldPath(List.of("id"));
    public static final FieldPath TYPE = new FieldPath(List.of("type"));
    public static final FieldPath SOURCE = new FieldPath(List.of("source"));
    public static final FieldPath TIMESTAMP = new FieldPath(List.of("timestamp"));
    public static final FieldPath DATA = new FieldPath(List.of("data"));

    public FieldPath {
        names = List.copyOf(names);
        String text = String.join(".", names);
        if (names.isEmpty() || !ENVELOPE.contains(names.getFirst())) {
            throw new IllegalArgumentException(
                    "'%s' is no field of an event; it must be id, type, source, timestamp, data or data.<name>"
                            .formatted(text));
        }
        if (names.size() > 1 && !names.getFirst().equals("data")) {
            throw new IllegalArgumentException(
                    "'%s' goes into '%s', which is a plain value; only data has members"
                            .formatted(text, names.getFirst()));
        }
        for (String name : names) {
            if (name.isEmpty() || name.indexOf('.') >= 0) {
                throw new IllegalArgumentException(
                        "'%s' has an empty name between its dots".formatted(text));
            }
        }
    }

    /**
     * Reads the dotted form.
     *
     * @throws IllegalArgumentException if it names no field of an event; the message says why
     */
    public static FieldPath parse(String text) {
        return new FieldPath(Arrays.asList(text.split("\\.", -1)));
    }

    /** Whether this is {@code prefix} or lies inside it. */
    public boolean startsWith(FieldPath prefix) {
        return names.size() >= prefix.names.size()
                && names.subList(0, prefix.names.size()).equals(prefix.names);
    }

    /** By name, level by level, a path before those inside it. */
    @Override
    public int compareTo(FieldPath other) {
        int shared = Math.min(names.size(), other.names.size());
        for (int i = 0; i < shared; i++) {
            int order = names.get(i).compareTo(other.names.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(names.size(), other.names.size());
    }

    @Override
    public String toString() {
        return String.join(".", names);
    }
}
