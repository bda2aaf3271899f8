package dev.millrace.core.event;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.util.Map;

/**
 * A JSON merge patch (RFC 7396) that is an object: null removes a member, objects are laid over
 * objects, everything else, arrays too, replaces what is there. What is not named stays as it is,
 * numbers digit for digit. Immutable and thread-safe.
 */
public final class MergePatch {
    /** What comes here is bounded, so Jackson's own bounds are lifted. */
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
                                    .enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
                                    .build())
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();

    private final ObjectNode patch;

    private MergePatch(ObjectNode patch) {
        this.patch = patch;
    }

    /**
     * @throws IllegalArgumentException if it is no JSON object, which would replace the whole event
     */
    public static MergePatch of(byte[] json) {
        try {
            if (MAPPER.readTree(json) instanceof ObjectNode object) {
                return new MergePatch(object);
            }
        } catch (JacksonException broken) {
            throw new IllegalArgumentException("a patch must be JSON", broken);
        }
        throw new IllegalArgumentException("a patch must be a JSON object");
    }

    /**
     * The member of a JSON object that is a patch, as it stands there.
     *
     * @throws IllegalArgumentException if it is no object
     */
    public static byte[] member(byte[] json, String name) {
        JsonNode member = MAPPER.readTree(json).path(name);
        if (!member.isObject()) {
            throw new IllegalArgumentException("a patch must be a JSON object");
        }
        return MAPPER.writeValueAsBytes(member);
    }

    /**
     * Lays it over a JSON text. What is no object counts as an empty one.
     *
     * @throws IllegalStateException if {@code json} is no JSON
     */
    public byte[] apply(byte[] json) {
        try {
            return MAPPER.writeValueAsBytes(merged(MAPPER.readTree(json), patch));
        } catch (JacksonException broken) {
            throw new IllegalStateException("what is no JSON cannot be patched", broken);
        }
    }

    /** The algorithm of RFC 7396, section 2. Changes {@code target}. */
    private static JsonNode merged(JsonNode target, JsonNode patch) {
        if (!(patch instanceof ObjectNode changes)) {
            return patch;
        }
        ObjectNode result =
                target instanceof ObjectNode object ? object : MAPPER.createObjectNode();
        for (Map.Entry<String, JsonNode> change : changes.properties()) {
            if (change.getValue().isNull()) {
                JsonNode _ = result.remove(change.getKey());
            } else {
                JsonNode before = result.path(change.getKey());
                JsonNode _ = result.set(change.getKey(), merged(before, change.getValue()));
            }
        }
        return result;
    }
}
