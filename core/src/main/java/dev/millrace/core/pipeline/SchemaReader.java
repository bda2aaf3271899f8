package dev.millrace.core.pipeline;

import dev.millrace.core.event.EventSchema;
import dev.millrace.core.event.Violation;
import dev.millrace.core.pipeline.Node.Mapping;
import dev.millrace.core.pipeline.Node.Refused;
import dev.millrace.core.pipeline.Node.Scalar;
import dev.millrace.core.pipeline.Node.Sequence;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.Optional;

/** Reads {@code schema}, and holds it against the schema of schemas. For one file. */
final class SchemaReader {
    private final SchemaSource source;
    private final NodeReader nodes;
    private final Problems problems;

    SchemaReader(SchemaSource source, NodeReader nodes, Problems problems) {
        this.source = source;
        this.nodes = nodes;
        this.problems = problems;
    }

    /** Reads an object that is the schema, or a text that names its file. */
    Optional<JsonNode> read(Node node) {
        return switch (node) {
            case Mapping mapping -> inline(mapping);
            case Scalar scalar when scalar.kind() == Scalar.Kind.TEXT -> file(scalar);
            default -> nodes.wrong(node, "a JSON Schema or the name of its file");
        };
    }

    private Optional<JsonNode> inline(Mapping node) {
        JsonNode schema = json(node);
        for (Violation violation : EventSchema.violations(schema)) {
            problems.add(
                    node.find(violation.pointer()).place(),
                    "is no JSON Schema: " + firstLine(violation));
        }
        return Optional.of(schema);
    }

    private Optional<JsonNode> file(Scalar name) {
        try {
            JsonNode schema = source.load(name.text());
            for (Violation violation : EventSchema.violations(schema)) {
                problems.add(
                        name.place(),
                        "%s is no JSON Schema: '%s' %s"
                                .formatted(
                                        name.description(),
                                        violation.pointer(),
                                        firstLine(violation)));
            }
            return Optional.of(schema);
        } catch (SchemaSource.UnavailableException e) {
            problems.add(name.place(), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private JsonNode json(Node node) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        return switch (node) {
            case Scalar scalar -> json(scalar);
            case Sequence sequence -> {
                ArrayNode array = json.arrayNode();
                sequence.items().forEach(item -> array.add(json(item)));
                yield array;
            }
            case Mapping mapping -> {
                ObjectNode object = json.objectNode();
                mapping.members().forEach((key, member) -> object.set(key, json(member.value())));
                yield object;
            }
            case Refused _ -> json.booleanNode(true);
        };
    }

    private JsonNode json(Scalar scalar) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        return switch (scalar.kind()) {
            case TEXT -> json.stringNode(scalar.text());
            case BOOLEAN -> json.booleanNode(Numbers.toBoolean(scalar.text()));
            case NULL -> json.nullNode();
            case INTEGER ->
                    number(scalar, Numbers.toLong(scalar.text()).map(SchemaReader::integer));
            case DECIMAL -> number(scalar, Numbers.toDouble(scalar.text()).map(json::numberNode));
        };
    }

    /** As a parser would have it, since nodes of an int and a long are never equal. */
    private static JsonNode integer(long value) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        return value == (int) value ? json.numberNode((int) value) : json.numberNode(value);
    }

    private JsonNode number(Scalar scalar, Optional<? extends JsonNode> number) {
        if (number.isEmpty()) {
            problems.add(scalar.place(), NodeReader.tooLarge(scalar));
            return JsonNodeFactory.instance.numberNode(0);
        }
        return number.get();
    }

    /** Without the drawing that follows in complaints about regular expressions. */
    private static String firstLine(Violation violation) {
        return violation.detail().lines().findFirst().orElse("");
    }
}
