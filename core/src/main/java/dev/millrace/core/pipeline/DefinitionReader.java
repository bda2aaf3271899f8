package dev.millrace.core.pipeline;

import dev.millrace.core.pipeline.Node.Mapping;

import tools.jackson.databind.JsonNode;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Reads pipeline files, YAML or JSON. A wrong file gives every problem that it has, in the order of
 * the file, and nothing else; what hides behind a syntax error is found when that is mended.
 *
 * <p>Time and memory are bounded by {@link Limits}, whatever the text. Stateless and thread-safe.
 */
public final class DefinitionReader {
    /** What came of a file. */
    public sealed interface Outcome {}

    /** A definition that can run. */
    public record Valid(PipelineDefinition definition) implements Outcome {}

    /**
     * @param problems at least one, in the order of the file
     */
    public record Invalid(List<Problem> problems) implements Outcome {
        public Invalid {
            problems = List.copyOf(problems);
            if (problems.isEmpty()) {
                throw new IllegalArgumentException("invalid without a problem");
            }
        }
    }

    private final Problems problems = new Problems();
    private final NodeReader nodes = new NodeReader(problems);
    private final SchemaReader schemas;
    private final StageReader stages;
    private final ConnectorReader connectors;

    private DefinitionReader(SchemaSource source, DeclaredKinds kinds) {
        this.schemas = new SchemaReader(source, nodes, problems);
        this.stages = new StageReader(nodes, problems);
        this.connectors = new ConnectorReader(kinds, nodes, problems);
    }

    /**
     * As {@link #read(String, SchemaSource, DeclaredKinds)}, for text that was held against the
     * kinds of its host before, or will be.
     */
    public static Outcome read(String text, SchemaSource schemaFiles) {
        return read(text, schemaFiles, DeclaredKinds.UNCHECKED);
    }

    /**
     * Reads the text of one pipeline file.
     *
     * <p>{@code ${NAME}} is not replaced: only sinks, sources and lookups take values from the
     * environment, when they are opened.
     *
     * @param schemaFiles resolves a {@code schema} that is the name of a file
     * @param kinds of sinks and sources
     */
    public static Outcome read(String text, SchemaSource schemaFiles, DeclaredKinds kinds) {
        DefinitionReader reader = new DefinitionReader(schemaFiles, kinds);
        Optional<PipelineDefinition> definition =
                Document.read(text, reader.problems)
                        .flatMap(root -> reader.nodes.mapping(root, "a mapping"))
                        .flatMap(reader::definition);
        return reader.problems.isEmpty()
                ? new Valid(definition.orElseThrow())
                : new Invalid(reader.problems.inDocumentOrder());
    }

    /**
     * Problems that a host found in a definition that could be read, each with its line.
     *
     * @param text as it was read
     * @param problems with pointers into it
     */
    public static List<Problem> located(String text, List<Problem> problems) {
        return Document.read(text, new Problems())
                .map(root -> problems.stream().map(one -> located(root, one)).toList())
                .orElse(problems);
    }

    private static Problem located(Node root, Problem problem) {
        int line = root.find(problem.pointer()).place().line();
        return new Problem(problem.pointer(), OptionalInt.of(line), problem.detail());
    }

    /** Present whenever there are no problems. */
    private Optional<PipelineDefinition> definition(Mapping root) {
        Section file = new Section(root, Keys.PIPELINE, problems);
        Optional<String> name =
                file.required("pipeline", node -> nodes.name(node, Limits.PIPELINE_NAME));
        var key = file.optional("key", nodes::plainPath);
        var partitions =
                file.optional("partitions", node -> nodes.smallNumber(node, Limits.PARTITIONS));
        var outOfOrder = duration(file, "outOfOrder");
        var maxSkew = duration(file, "maxSkew");
        var dedupe = duration(file, "dedupe");
        var dedupeLimit =
                file.optional("dedupeLimit", node -> nodes.wholeNumber(node, Limits.DEDUPE_LIMIT));
        var queueLimit =
                file.optional("queueLimit", node -> nodes.smallNumber(node, Limits.QUEUE_LIMIT));
        var retention = file.optional("retention", this::retention);
        Optional<JsonNode> schema = file.optional("schema", schemas::read);
        Optional<List<Stage>> stageList = file.required("stages", stages::read);
        boolean stagesAreKnown = stageList.isPresent() && stages.isComplete();
        var sinks =
                file.optional(
                        "sinks",
                        node -> connectors.sinks(node, stageList.filter(_ -> stagesAreKnown)));
        var sources = file.optional("sources", connectors::sources);
        if (!problems.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new PipelineDefinition(
                        name.orElseThrow(),
                        key.orElse(Limits.KEY_DEFAULT),
                        partitions.map(OptionalInt::of).orElseGet(OptionalInt::empty),
                        outOfOrder.orElse(Limits.OUT_OF_ORDER_DEFAULT),
                        maxSkew.orElse(Limits.MAX_SKEW_DEFAULT),
                        dedupe.orElse(Limits.DEDUPE_DEFAULT),
                        dedupeLimit.map(OptionalLong::of).orElseGet(OptionalLong::empty),
                        queueLimit.orElse(Limits.QUEUE_LIMIT_DEFAULT),
                        retention.orElse(Limits.RETENTION_DEFAULT),
                        schema.orElse(null),
                        stageList.orElseThrow(),
                        sinks.orElse(List.of()),
                        sources.orElse(List.of())));
    }

    private Optional<Duration> duration(Section file, String key) {
        return file.optional(key, node -> nodes.duration(node, Limits.DURATION));
    }

    private Optional<Retention> retention(Node node) {
        Optional<Mapping> mapping = nodes.mapping(node, "a mapping like {age: 7d, size: 50GiB}");
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        Section section = new Section(mapping.get(), Keys.RETENTION, problems);
        var age = section.optional("age", n -> nodes.duration(n, Limits.RETENTION_AGE));
        var size = section.optional("size", n -> nodes.size(n, Limits.RETENTION_SIZE));
        return Optional.of(
                new Retention(
                        age.orElse(Limits.RETENTION_DEFAULT.age()),
                        size.orElse(Limits.RETENTION_DEFAULT.sizeBytes())));
    }
}
