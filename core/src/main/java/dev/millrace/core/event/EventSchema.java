package dev.millrace.core.event;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.dialect.DialectId;
import com.networknt.schema.path.PathType;

import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A compiled JSON Schema 2020-12 that whole events must fulfil. References stay within the schema;
 * nothing is ever fetched. Immutable and thread-safe.
 */
public final class EventSchema {
    /** The event reader has bounded what comes here, so Jackson's own bounds are lifted. */
    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(ReadLimits.MAX_DEPTH)
                                                    .maxNumberLength(Integer.MAX_VALUE)
                                                    .maxStringLength(Integer.MAX_VALUE)
                                                    .maxNameLength(Integer.MAX_VALUE)
                                                    .build())
                                    .build())
                    .build();

    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(
                    SpecificationVersion.DRAFT_2020_12,
                    registry ->
                            registry.schemaCacheEnabled(false)
                                    .schemaRegistryConfig(
                                            SchemaRegistryConfig.builder()
                                                    .pathType(PathType.JSON_POINTER)
                                                    .build()));

    private static final Schema META_SCHEMA =
            REGISTRY.getSchema(SchemaLocation.of(DialectId.DRAFT_2020_12));

    private final Schema schema;

    private EventSchema(Schema schema) {
        this.schema = schema;
    }

    /**
     * @throws IllegalArgumentException if {@link #violations} finds any
     */
    public static EventSchema compile(JsonNode schema) {
        List<Violation> violations = violations(schema);
        if (!violations.isEmpty()) {
            Violation first = violations.getFirst();
            throw new IllegalArgumentException(
                    "no valid schema: '%s' %s".formatted(first.pointer(), first.detail()));
        }
        return new EventSchema(load(schema));
    }

    /** What keeps a schema from being compiled; pointers go into the schema. */
    public static List<Violation> violations(JsonNode schema) {
        List<Violation> violations = new ArrayList<>(violations(META_SCHEMA.validate(schema)));
        violations.addAll(remote(schema));
        if (violations.isEmpty()) {
            try {
                load(schema);
            } catch (SchemaException e) {
                violations.add(new Violation("", String.valueOf(e.getMessage())));
            }
        }
        return violations;
    }

    /**
     * References that leave the schema. The validator refuses to fetch, but would do so only when
     * an event leads there.
     */
    private static List<Violation> remote(JsonNode schema) {
        Set<String> own = new HashSet<>();
        schema.findValues("$id").forEach(id -> own.add(id.asString("")));
        List<Violation> remote = new ArrayList<>();
        collectRemote(schema, own, "", remote);
        return remote;
    }

    private static void collectRemote(
            JsonNode at, Set<String> own, String pointer, List<Violation> remote) {
        for (Map.Entry<String, JsonNode> member : at.properties()) {
            String inside = pointer + '/' + JsonPointers.escape(member.getKey());
            String target = member.getValue().asString("");
            String document = target.split("#", 2)[0];
            boolean reference =
                    member.getKey().equals("$ref") || member.getKey().equals("$dynamicRef");
            if (reference && !document.isEmpty() && !own.contains(document)) {
                String detail =
                        "\"%s\" leaves the schema; only what is written in it can be referred to"
                                .formatted(Found.cut(target));
                remote.add(new Violation(inside, detail));
            }
            collectRemote(member.getValue(), own, inside, remote);
        }
        if (at.isArray()) {
            for (int i = 0; i < at.size(); i++) {
                collectRemote(at.path(i), own, pointer + '/' + i, remote);
            }
        }
    }

    private static Schema load(JsonNode schema) {
        Schema loaded = REGISTRY.getSchema(schema);
        loaded.initializeValidators();
        return loaded;
    }

    /** What is wrong with an event, in the order of the schema; empty if nothing. */
    public List<Violation> validate(byte[] json, int offset, int length) {
        return violations(schema.validate(MAPPER.readTree(json, offset, length)));
    }

    private static List<Violation> violations(List<Error> errors) {
        return errors.stream()
                .map(e -> new Violation(e.getInstanceLocation().toString(), e.getMessage()))
                .toList();
    }
}
