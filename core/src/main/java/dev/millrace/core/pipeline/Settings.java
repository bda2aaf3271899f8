package dev.millrace.core.pipeline;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a definition says of a sink or source, under the key of its kind. Held against the kind's
 * {@link Setting}s when the definition was put, so that what is asked for here is of the right
 * form. Texts are as they were written, with {@code ${NAME}} not replaced.
 *
 * @param values plain values: String, Long, Boolean, List of String, Map of String to String
 */
public record Settings(Map<String, Object> values) {
    public static final Settings NONE = new Settings(Map.of());

    public Settings {
        values = Map.copyOf(values);
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    public Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name)).map(String::valueOf);
    }

    /**
     * A setting that is required.
     *
     * @throws IllegalArgumentException if it is not there
     */
    public String requiredText(String name) {
        return text(name).orElseThrow(() -> new IllegalArgumentException(name + " is missing"));
    }

    public boolean flag(String name) {
        return values.get(name) instanceof Boolean flag && flag;
    }

    public long number(String name, long otherwise) {
        return values.get(name) instanceof Long number ? number : otherwise;
    }

    public Duration duration(String name, Duration otherwise) {
        return text(name).map(Durations::parse).orElse(otherwise);
    }

    /** In bytes. */
    public long size(String name, long otherwise) {
        return text(name).map(Sizes::parse).orElse(otherwise);
    }

    /** Empty where it is left out. */
    public List<String> texts(String name) {
        return values.get(name) instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }

    /** Empty where it is left out. */
    public Map<String, String> textMap(String name) {
        Map<String, String> texts = new LinkedHashMap<>();
        if (values.get(name) instanceof Map<?, ?> map) {
            map.forEach((key, value) -> texts.put(String.valueOf(key), String.valueOf(value)));
        }
        return texts;
    }
}
