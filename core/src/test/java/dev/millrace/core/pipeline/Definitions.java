package dev.millrace.core.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** Reading definitions in tests. */
final class Definitions {
    private Definitions() {}

    static PipelineDefinition valid(String text) {
        DefinitionReader.Outcome outcome = DefinitionReader.read(text, SchemaSource.NONE);
        assertThat(outcome).isInstanceOf(DefinitionReader.Valid.class);
        return ((DefinitionReader.Valid) outcome).definition();
    }

    /** The problems of a wrong file, written {@code line pointer: detail}. */
    static List<String> problems(String text) {
        return problems(text, SchemaSource.NONE);
    }

    static List<String> problems(String text, SchemaSource schemas) {
        return lines(DefinitionReader.read(text, schemas));
    }

    /** As {@link #problems(String)}. */
    static List<String> lines(DefinitionReader.Outcome outcome) {
        return switch (outcome) {
            case DefinitionReader.Valid valid -> List.of("valid: " + valid.definition());
            case DefinitionReader.Invalid invalid ->
                    invalid.problems().stream().map(Definitions::line).toList();
        };
    }

    private static String line(Problem problem) {
        return "%s %s: %s"
                .formatted(
                        problem.line().isPresent() ? problem.line().getAsInt() : "-",
                        problem.pointer(),
                        problem.detail());
    }
}
