package dev.millrace.core.connector;

import dev.millrace.core.pipeline.Stage;
import dev.millrace.core.pipeline.Value;

import java.util.List;

/**
 * What all rows of an aggregate look like.
 *
 * @param aggregate its name
 * @param group the fields of {@code by}, in order; may be empty
 * @param values in order
 */
public record RowShape(String aggregate, List<GroupField> group, List<ValueField> values) {
    public RowShape {
        group = List.copyOf(group);
        values = List.copyOf(values);
    }

    /** The rows of an aggregate stage. */
    public static RowShape of(Stage.Aggregate aggregate) {
        return new RowShape(
                aggregate.name(),
                aggregate.by().stream()
                        .map(path -> new GroupField(path.toString(), isText(path.toString())))
                        .toList(),
                aggregate.values().stream()
                        .map(value -> new ValueField(value.name(), typeOf(value)))
                        .toList());
    }

    private static boolean isText(String path) {
        return path.equals("id") || path.equals("type") || path.equals("source");
    }

    private static Type typeOf(Value value) {
        return switch (value) {
            case Value.Count _, Value.Distinct _ -> Type.INTEGER;
            case Value.Sum _, Value.Avg _, Value.Min _, Value.Max _, Value.Quantile _ ->
                    Type.NUMBER;
            case Value.Top _ -> Type.LIST;
        };
    }

    /**
     * A field of the group.
     *
     * @param path like {@code source} or {@code data.path}
     * @param isText whether it is always a text (or {@code __other__}); else a row has a String,
     *     Long, Double, Boolean or null
     */
    public record GroupField(String path, boolean isText) {}

    /** A value of the row; null for a sum, mean, least or greatest of nothing. */
    public record ValueField(String name, Type type) {}

    /** What a value is. */
    public enum Type {
        /** A Long. */
        INTEGER,
        /** A Long or a Double, as the events had it. */
        NUMBER,
        /** A List of lists {@code [value, count]}. */
        LIST
    }
}
