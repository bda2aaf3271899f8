package dev.millrace.bench.redis;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** What the design needs of an event. */
record View(String id, long timestampMs, String type, String path, String visitor, String agent) {
    private static final JsonFactory JSON = new JsonFactory();

    static View parse(byte[] event) {
        String id = "";
        String type = "";
        String path = "";
        String visitor = "";
        String agent = "";
        long timestampMs = 0;
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), event)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.PROPERTY_NAME) {
                    switch (parser.currentName()) {
                        case "id" -> id = parser.nextStringValue();
                        case "type" -> type = parser.nextStringValue();
                        case "path" -> path = parser.nextStringValue();
                        case "visitor" -> visitor = parser.nextStringValue();
                        case "ua" -> agent = parser.nextStringValue();
                        case "timestamp" -> timestampMs = parser.nextLongValue(0);
                        default -> {}
                    }
                }
            }
        }
        return new View(id, timestampMs, type, path, visitor, agent);
    }

    boolean byPerson() {
        return type.equals("page_view") && !agent.contains("bot");
    }
}
