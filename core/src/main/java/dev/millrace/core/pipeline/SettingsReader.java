package dev.millrace.core.pipeline;

import dev.millrace.core.pipeline.Node.Mapping;
import dev.millrace.core.pipeline.Node.Scalar;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what stands under the kind of a sink or source, as that kind declares it. For one file. */
final class SettingsReader {
    private final NodeReader nodes;
    private final Problems problems;

    SettingsReader(NodeReader nodes, Problems problems) {
        this.nodes = nodes;
        this.problems = problems;
    }

    /** What was put before, as it is. */
    Optional<Settings> unchecked(Node node) {
        return nodes.mapping(node, "a mapping").map(PlainNodes::map).map(Settings::new);
    }

    Optional<Settings> read(DeclaredKind kind, Node node) {
        Optional<Mapping> mapping = nodes.mapping(node, "a mapping like " + kind.example());
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        List<String> names = kind.settings().stream().map(Setting::name).toList();
        Section section = new Section(mapping.get(), new Keys(names, List.of()), problems);
        Map<String, Object> values = new LinkedHashMap<>();
        for (Setting setting : kind.settings()) {
            Optional<Object> value =
                    setting.isRequired()
                            ? section.required(setting.name(), n -> value(setting, n))
                            : section.optional(setting.name(), n -> value(setting, n));
            value.ifPresent(one -> values.put(setting.name(), one));
        }
        return Optional.of(new Settings(values));
    }

    private Optional<Object> value(Setting setting, Node node) {
        return switch (setting) {
            case Setting.Text text ->
                    text.pattern()
                            .map(pattern -> nodes.textWithVariables(node, pattern, text.expected()))
                            .orElseGet(() -> nodes.textWithVariables(node, text.expected()))
                            .map(one -> one);
            case Setting.Word word ->
                    nodes.word(
                                    node,
                                    "value",
                                    "one of " + String.join(", ", word.words()),
                                    word.words())
                            .map(one -> one);
            case Setting.Flag _ -> flag(node).map(one -> one);
            case Setting.Whole number ->
                    nodes.wholeNumber(
                                    node, new Bounds<>(number.min(), number.max(), String::valueOf))
                            .map(one -> one);
            case Setting.Time time ->
                    nodes.duration(node, new Bounds<>(time.min(), time.max(), Durations::format))
                            .map(Durations::format);
            case Setting.Size size ->
                    nodes.size(node, new Bounds<>(size.minBytes(), size.maxBytes(), Sizes::format))
                            .map(Sizes::format);
            case Setting.Texts texts ->
                    nodes.list(
                                    node,
                                    texts.expected(),
                                    Limits.SETTING_ITEMS_MAX,
                                    n -> nodes.textWithVariables(n, "a text"))
                            .map(one -> one);
            case Setting.TextMap map -> textMap(node, map.expected());
        };
    }

    private Optional<Object> textMap(Node node, String expected) {
        return nodes.mapping(node, expected)
                .map(given -> {
                    Map<String, String> texts = new LinkedHashMap<>();
                    given.members()
                            .forEach((key, member) ->
                                    nodes.textWithVariables(member.value(), "a text")
                                            .ifPresent(text -> texts.put(key, text)));
                    return Map.copyOf(texts);
                });
    }

    private Optional<Boolean> flag(Node node) {
        return node instanceof Scalar scalar && scalar.kind() == Scalar.Kind.BOOLEAN
                ? Optional.of(Numbers.toBoolean(scalar.text()))
                : nodes.wrong(node, "true or false");
    }
}
