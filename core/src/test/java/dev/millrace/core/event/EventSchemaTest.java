package dev.millrace.core.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.List;

class EventSchemaTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private static JsonNode json(String text) {
        return MAPPER.readTree(text);
    }

    private static EventReader reader(String schema) {
        return new EventReader(
                Projection.of(List.of()),
                FieldPath.ID,
                1,
                0,
                ReadLimits.DEFAULT,
                EventSchema.compile(json(schema)));
    }

    private static ReadResult.Read read(EventReader reader, String... data) {
        String body =
                String.join(
                        "\n",
                        List.of(data).stream()
                                .map(d ->
                                        "{\"id\":\"e\",\"type\":\"t\",\"source\":\"s\",\"timestamp\":1,\"data\":"
                                                + d
                                                + "}")
                                .toList());
        byte[] bytes = body.getBytes(UTF_8);
        return (ReadResult.Read) reader.read(bytes, bytes.length, BodyFormat.NDJSON, 10);
    }

    @Test
    void violationsAreRejectionsWithPointers() {
        EventReader reader =
                reader(
                        """
                        {"type":"object","properties":{"data":{"required":["path"],
                         "properties":{"path":{"type":"string"},"a/b":{"minimum":5}}}}}\
                        """);

        ReadResult.Read read =
                read(
                        reader,
                        "{\"path\":\"/\"}",
                        "{\"path\":1,\"a/b\":4}",
                        "{}",
                        "{\"path\":\"x\"}");

        assertThat(read.batch().size()).isEqualTo(2);
        assertThat(read.rejections()).extracting(Rejection::index).containsExactly(1, 2);
        Rejection first = read.rejections().getFirst();
        assertThat(first.violations())
                .extracting(Violation::pointer)
                .containsExactlyInAnyOrder("/data/path", "/data/a~1b");
        assertThat(first.detail()).isNotBlank();
        assertThat(first.id()).isEqualTo("e");
        assertThat(read.rejections().getLast().pointer()).isEqualTo("/data");
    }

    @Test
    void referencesWithinTheSchemaWork() {
        EventReader reader =
                reader(
                        """
                        {"properties":{"data":{"$ref":"#/$defs/page"}},
                         "$defs":{"page":{"required":["path"]}}}\
                        """);

        assertThat(read(reader, "{}", "{\"path\":1}").rejections()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"$ref\":\"https://example.org/schema.json\"}",
                "{\"properties\":{\"data\":{\"$ref\":\"http://127.0.0.1:1/x\"}}}",
                "{\"$ref\":\"file:///etc/passwd\"}",
                "{\"$ref\":\"other.json\"}",
                "{\"$ref\":\"#/$defs/none\"}",
                "{\"$ref\":\"classpath:draft/2020-12/none.json\"}",
                "{\"anyOf\":[{\"items\":{\"$dynamicRef\":\"https://example.org/s\"}}]}",
                "{\"$schema\":\"https://example.org/dialect\"}",
                "{\"type\":\"strnig\"}",
                "{\"required\":\"id\"}",
                "{\"properties\":{\"data\":{\"pattern\":\"(\"}}}",
                "[]",
                "\"object\""
            })
    void whatCannotBeCompiledIsRefusedAtLoad(String schema) {
        assertThat(EventSchema.violations(json(schema))).isNotEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> EventSchema.compile(json(schema)));
    }

    @Test
    void numbersBeyondJacksonsOwnBoundsAreRead() {
        EventReader reader = reader("{\"type\":\"object\"}");

        assertThat(read(reader, "{\"x\":0." + "1".repeat(5000) + "}").rejections()).isEmpty();
    }
}
