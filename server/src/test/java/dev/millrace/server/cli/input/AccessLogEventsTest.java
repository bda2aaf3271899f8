package dev.millrace.server.cli.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

class AccessLogEventsTest {
    private static final String LINE =
            "203.0.113.7 - - [17/May/2015:10:05:03 +0000] \"GET /blog?page=2 HTTP/1.1\" 200 - \"-\" \"curl/8\"";

    @Test
    void aLineBecomesAPageView() {
        assertThat(event(LINE, 7))
                .isEqualTo(
                        json(
                                """
                                {"id": "ID", "type": "page_view", "source": "shop", "timestamp": 1431857103000,
                                 "data": {"ip": "203.0.113.7", "user": null, "method": "GET", "path": "/blog",
                                          "query": "page=2", "protocol": "HTTP/1.1", "status": 200,
                                          "bytes": null, "referrer": null, "ua": "curl/8"}}
                                """
                                        .replace("ID", event(LINE, 7).path("id").asString())));
    }

    /** Ids are part of what users rely on: a file sent again by a later version must count once. */
    @Test
    void idsStayAsTheyAre() {
        assertThat(event(LINE, 7).path("id").asString())
                .isEqualTo("098496b585b3696d9e90cbc8a02c2bff");
    }

    @Test
    void theSameLineElsewhereIsAnotherEvent() {
        assertThat(event(LINE, 8).path("id")).isNotEqualTo(event(LINE, 7).path("id"));
        assertThat(json(written("blog", LINE, 7)).path("id"))
                .isNotEqualTo(event(LINE, 7).path("id"));
    }

    @Test
    void aLineThatDoesNotParseGoesOutAsItIs() {
        assertThat(written("shop", "no \\x such \"line", 1)).isEqualTo("no \\x such \"line");
    }

    @Test
    void ofTheSemicompleteLogAllLinesParseButTheOneThatIsCutShort() throws Exception {
        Path log = Path.of("../../shared/data/semicomplete-access.log.gz");
        assumeTrue(Files.exists(log), "shared data is not here");

        List<Long> unparsed = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        try (InputFile file = InputFile.open(log.toString(), InputStream.nullInputStream())) {
            LineReader lines = new LineReader(file);
            EventLines events = EventLines.combined("semicomplete");
            for (byte[] line = lines.next(); line != null; line = lines.next()) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                events.write(line, lines.number(), out);
                if (out.toString(StandardCharsets.UTF_8).startsWith("{")) {
                    ids.add(json(out.toString(StandardCharsets.UTF_8)).path("id").asString());
                } else {
                    assertThat(out.toByteArray()).isEqualTo(line);
                    unparsed.add(lines.number());
                }
            }
        }

        assertThat(unparsed).containsExactly(8899L);
        assertThat(ids).hasSize(9_999);
    }

    private static JsonNode event(String line, long number) {
        return json(written("shop", line, number));
    }

    private static String written(String source, String line, long number) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        EventLines.combined(source).write(line.getBytes(StandardCharsets.UTF_8), number, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }
}
