package dev.millrace.core.event;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What a JSON text means, said by the JDK's UTF-8 decoder and Jackson. */
final class JacksonOracle {
    /** The text is not what the event reader takes. */
    static final Object REFUSED = new Object();

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /**
     * An escape with a digit beyond ASCII: Jackson looks at the lowest byte of a digit alone, and
     * takes U+0342 for the B that has the same one.
     */
    private static final Pattern WIDE_DIGIT =
            Pattern.compile("(?<!\\\\)(?:\\\\{2})*\\\\u[0-9a-fA-F]{0,3}[^\\p{ASCII}]");

    private JacksonOracle() {}

    static Object decode(byte[] json) {
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
            JsonNode tree = MAPPER.readTree(text);
            boolean taken =
                    !tree.isMissingNode() && isPlain(text) && !WIDE_DIGIT.matcher(text).find();
            return taken ? plain(tree) : REFUSED;
        } catch (CharacterCodingException | JacksonException e) {
            return REFUSED;
        }
    }

    /** Token by token, since the tree has lost what stood under duplicate names. */
    private static boolean isPlain(String text) {
        try (JsonParser parser = MAPPER.createParser(text)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                boolean plain =
                        token.isNumeric()
                                ? Double.isFinite(parser.getDoubleValue())
                                : isPaired(parser.getString());
                if (!plain) {
                    return false;
                }
            }
            return true;
        }
    }

    private static boolean isPaired(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    static Object plain(JsonNode node) {
        if (node.isObject()) {
            Map<String, Object> object = new LinkedHashMap<>();
            node.properties().forEach(p -> object.put(p.getKey(), plain(p.getValue())));
            return object;
        }
        if (node.isArray()) {
            List<Object> array = new ArrayList<>();
            node.forEach(element -> array.add(plain(element)));
            return array;
        }
        if (node.isNumber()) {
            return node.isIntegralNumber() && node.canConvertToLong()
                    ? (Object) node.longValue()
                    : (Object) node.doubleValue();
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        return node.isNull() ? null : node.stringValue();
    }
}
