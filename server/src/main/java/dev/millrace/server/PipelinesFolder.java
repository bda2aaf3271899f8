package dev.millrace.server;

import dev.millrace.core.MillraceException;
import dev.millrace.core.pipeline.DefinitionReader;
import dev.millrace.core.pipeline.Problem;
import dev.millrace.core.pipeline.SchemaSource;
import dev.millrace.engine.Engine;
import dev.millrace.engine.PutOutcome;
import dev.millrace.engine.PutOutcome.BackfillRefused;
import dev.millrace.engine.PutOutcome.Changed;
import dev.millrace.engine.PutOutcome.Created;
import dev.millrace.engine.PutOutcome.Invalid;
import dev.millrace.engine.PutOutcome.Same;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder of pipeline definitions, {@code .yaml}, {@code .yml} or {@code .json}. A definition may
 * name a schema file beside it.
 */
final class PipelinesFolder {
    private static final Logger LOG = Logger.getLogger(PipelinesFolder.class.getName());
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final JsonMapper JSON = new JsonMapper();

    private final Path folder;

    PipelinesFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * Puts every definition, in order of the file names.
     *
     * @throws MillraceException if the folder cannot be read or a definition is wrong; those before
     *     it are put
     */
    void putAll(Engine engine) {
        for (Path file : files()) {
            put(engine, file);
        }
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(PipelinesFolder::isDefinition).sorted().toList();
        } catch (IOException e) {
            throw new MillraceException(
                    "The folder of pipelines %s cannot be read: %s".formatted(folder, e), e);
        }
    }

    /** Schema files lie beside the definitions and may end with {@code .json} too. */
    private static boolean isDefinition(Path file) {
        String name = file.getFileName().toString();
        return Files.isRegularFile(file)
                && (name.endsWith(".yaml")
                        || name.endsWith(".yml")
                        || name.endsWith(".json") && !isSchema(file));
    }

    private static boolean isSchema(Path file) {
        try {
            return !JSON.readTree(Files.readString(file)).has("pipeline");
        } catch (IOException | JacksonException e) {
            return false;
        }
    }

    private void put(Engine engine, Path file) {
        String text = read(file);
        DefinitionReader.Outcome read = DefinitionReader.read(text, this::schema);
        switch (read) {
            case DefinitionReader.Invalid invalid -> throw wrong(file, invalid.problems());
            case DefinitionReader.Valid valid -> {
                String name = valid.definition().name();
                log(file, name, engine.put(name, text, this::schema, false));
            }
        }
    }

    private static void log(Path file, String name, PutOutcome outcome) {
        switch (outcome) {
            case Created created ->
                    LOG.info(() -> "pipeline " + name + " is new, version " + created.version());
            case Changed changed ->
                    LOG.info(() -> "pipeline " + name + " is now version " + changed.version());
            case Same _ -> {}
            case Invalid invalid -> throw wrong(file, invalid.problems());
            case BackfillRefused refused ->
                    throw new IllegalStateException("no backfill was asked for: " + refused);
        }
    }

    private JsonNode schema(String fileName) throws SchemaSource.UnavailableException {
        Path file = folder.resolve(fileName).normalize();
        if (!file.startsWith(folder.normalize())) {
            throw new SchemaSource.UnavailableException(
                    "the schema file must lie in the folder of the pipelines, not at " + fileName);
        }
        try {
            return YAML.readTree(Files.readString(file));
        } catch (IOException | JacksonException e) {
            throw new SchemaSource.UnavailableException(
                    "the schema file " + file + " cannot be read: " + e.getMessage());
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new MillraceException("%s cannot be read: %s".formatted(file, e), e);
        }
    }

    private static MillraceException wrong(Path file, List<Problem> problems) {
        return new MillraceException(
                problems.stream()
                        .map(problem -> line(file, problem))
                        .collect(Collectors.joining("\n", "The pipeline cannot run:\n", "")));
    }

    private static String line(Path file, Problem problem) {
        String at = problem.line().isPresent() ? ":" + problem.line().getAsInt() : "";
        return "  %s%s: %s: %s"
                .formatted(
                        file,
                        at,
                        problem.pointer().isEmpty() ? "the file" : problem.pointer(),
                        problem.detail());
    }
}
