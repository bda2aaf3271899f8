package dev.millrace.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.connector.Connectors;
import dev.millrace.core.connector.RowShape;
import dev.millrace.core.connector.SinkContext;
import dev.millrace.core.connector.SourceContext;
import dev.millrace.core.pipeline.DefinitionReader;
import dev.millrace.core.pipeline.DefinitionReader.Valid;
import dev.millrace.core.pipeline.PipelineDefinition;
import dev.millrace.core.pipeline.SchemaSource;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The pipelines that are shown are ones that a server takes. */
class ExamplePipelinesTest {
    private static final Path EXAMPLES = Path.of("..", "examples", "pipelines");
    private static final Map<String, String> ENVIRONMENT =
            Map.of(
                    "DATABASE_URL", "postgresql://millrace:secret@localhost:5432/web",
                    "REDIS_URL", "redis://localhost:6379",
                    "KAFKA", "localhost:9092");

    @Test
    void everyExampleIsTaken(@TempDir Path files) throws IOException {
        List<Path> examples;
        try (Stream<Path> found = Files.list(EXAMPLES)) {
            examples = found.filter(file -> file.toString().endsWith(".yaml")).toList();
        }

        assertThat(examples).isNotEmpty();
        try (ConnectServices services =
                new ConnectServices(
                        new ConnectOptions(
                                List.of(),
                                files,
                                name -> Optional.of(ENVIRONMENT.getOrDefault(name, "secret"))))) {
            for (Path example : examples) {
                assertThat(problems(services.connectors(), Files.readString(example)))
                        .as(example.toString())
                        .isEmpty();
            }
        }
    }

    private static List<String> problems(Connectors connectors, String text) {
        return switch (DefinitionReader.read(text, SchemaSource.NONE, connectors.declared())) {
            case DefinitionReader.Invalid invalid ->
                    invalid.problems().stream().map(Object::toString).toList();
            case Valid valid -> problems(connectors, valid.definition());
        };
    }

    private static List<String> problems(Connectors connectors, PipelineDefinition pipeline) {
        Stream<String> ofSinks =
                pipeline.sinks().stream()
                        .map(sink ->
                                new SinkContext(
                                        pipeline.name(),
                                        "d1/1",
                                        sink,
                                        sink.aggregates().stream()
                                                .flatMap(name -> pipeline.aggregate(name).stream())
                                                .map(RowShape::of)
                                                .toList(),
                                        sink.timeout()))
                        .flatMap(context ->
                                connectors
                                        .sink(context.definition().kind())
                                        .orElseThrow()
                                        .problem(context)
                                        .stream());
        Stream<String> ofSources =
                pipeline.sources().stream()
                        .map(source ->
                                new SourceContext(
                                        pipeline.name(), "d1/1", source, 1, Duration.ofSeconds(30)))
                        .flatMap(context ->
                                connectors
                                        .source(context.definition().kind())
                                        .orElseThrow()
                                        .problem(context)
                                        .stream());
        return Stream.concat(ofSinks, ofSources).toList();
    }
}
