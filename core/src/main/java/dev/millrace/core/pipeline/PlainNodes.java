package dev.millrace.core.pipeline;

import dev.millrace.core.pipeline.Node.Mapping;
import dev.millrace.core.pipeline.Node.Refused;
import dev.millrace.core.pipeline.Node.Scalar;
import dev.millrace.core.pipeline.Node.Sequence;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Nodes as plain values: String, Long, Double, Boolean, List and Map; what is empty is left out.
 */
final class PlainNodes {
    private PlainNodes() {}

    static Map<String, Object> map(Mapping mapping) {
        Map<String, Object> values = new LinkedHashMap<>();
        mapping.members()
                .forEach((key, member) -> {
                    Object value = value(member.value());
                    if (value != null) {
                        values.put(key, value);
                    }
                });
        return values;
    }

    private static @Nullable Object value(Node node) {
        return switch (node) {
            case Mapping mapping -> map(mapping);
            case Sequence sequence -> sequence.items().stream().map(PlainNodes::value).toList();
            case Scalar scalar ->
                    switch (scalar.kind()) {
                        case TEXT -> scalar.text();
                        case BOOLEAN -> Numbers.toBoolean(scalar.text());
                        case NULL -> null;
                        case INTEGER -> Numbers.toLong(scalar.text()).orElse(null);
                        case DECIMAL -> Numbers.toDouble(scalar.text()).orElse(null);
                    };
            case Refused _ -> null;
        };
    }
}
