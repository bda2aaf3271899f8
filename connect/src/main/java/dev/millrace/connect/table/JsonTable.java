package dev.millrace.connect.table;

import dev.millrace.connect.lookup.KeyText;
import dev.millrace.connect.lookup.UnusableSourceException;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A table in JSON: an array of objects, of which one member is the key, or an object whose names
 * are the keys and whose values are anything but null. For one file.
 */
final class JsonTable {
    /** An event may be nested up to 64, and the value lies inside one. */
    private static final int DEPTH_MAX = 32;

    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
                    .build();

    private final JsonParser parser;
    private final Map<String, Object> byKey = new HashMap<>();
    private final Map<String, Integer> lines = new HashMap<>();

    private JsonTable(JsonParser parser) {
        this.parser = parser;
    }

    static Table read(String text, Optional<String> member) throws UnusableSourceException {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
            return new JsonTable(parser).read(member);
        } catch (JacksonException e) {
            throw new UnusableSourceException(
                    "line %d is no JSON: %s"
                            .formatted(
                                    e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                                    e.getOriginalMessage()),
                    e);
        }
    }

    private Table read(Optional<String> member) throws UnusableSourceException {
        JsonToken first = parser.nextToken();
        if (first == JsonToken.START_ARRAY) {
            readArray(
                    member.orElseThrow(() ->
                            new UnusableSourceException(
                                    "it is an array; say by column which member of its objects is compared")));
        } else if (first == JsonToken.START_OBJECT) {
            if (member.isPresent()) {
                throw new UnusableSourceException(
                        "it is an object, whose names are the keys; leave column out, or make it an array");
            }
            readObject();
        } else {
            throw new UnusableSourceException(
                    "it is neither an array of objects nor an object by key");
        }
        if (parser.nextToken() != null) {
            throw new UnusableSourceException(
                    "line %d goes on behind the end of the table".formatted(line()));
        }
        if (byKey.isEmpty()) {
            throw new UnusableSourceException("it has no rows");
        }
        return new Table(byKey);
    }

    private void readArray(String member) throws UnusableSourceException {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            int line = line();
            if (!(PlainJson.read(parser) instanceof Map<?, ?> row)) {
                throw new UnusableSourceException(
                        "the entry in line %d is no object".formatted(line));
            }
            Object key = row.get(member);
            if (key == null || key instanceof Map || key instanceof List) {
                throw new UnusableSourceException(
                        "the entry in line %d has no text or number for %s"
                                .formatted(line, member));
            }
            put(KeyText.of(key), row, line);
        }
    }

    private void readObject() throws UnusableSourceException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            int line = line();
            JsonToken _ = parser.nextToken();
            Object value = PlainJson.read(parser);
            if (value == null) {
                throw new UnusableSourceException(
                        "the key '%s' in line %d has null for its value; leave it out"
                                .formatted(key, line));
            }
            put(key, value, line);
        }
    }

    private void put(String key, Object value, int line) throws UnusableSourceException {
        Integer firstLine = lines.putIfAbsent(key, line);
        if (firstLine != null) {
            throw Table.duplicate(key, line, firstLine);
        }
        byKey.put(key, value);
        Table.checkRows(byKey.size());
    }

    private int line() {
        return parser.currentTokenLocation().getLineNr();
    }
}
