package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;

class LetterRoutesTest {
    private static final String LETTERS = "/v1/pipelines/web/dead-letters";

    @TempDir Path data;
    private Api api;

    @BeforeEach
    void start() {
        api = Api.withViews(data);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    /** Sends lines that are all rejected, and waits until they are letters. */
    private List<Map<String, Object>> letters(String... lines) {
        api.post(
                        "/v1/pipelines/web/events",
                        "application/x-ndjson",
                        String.join("\n", lines).getBytes(StandardCharsets.UTF_8))
                .hasStatus(202);
        await().untilAsserted(() ->
                assertThat(api.get(LETTERS).list("deadLetters")).hasSize(lines.length));
        return api.get(LETTERS).list("deadLetters");
    }

    @Test
    void aLetterShowsWhatFailedAndWhy() {
        Map<String, Object> letter = letters("{\"id\": \"x\"}").getFirst();

        assertThat(letter)
                .containsEntry("kind", "invalid")
                .containsEntry("stage", null)
                .containsEntry("attempts", 1L)
                .containsEntry("parked", false)
                .containsEntry("event", Map.of("id", "x"))
                .containsKeys(
                        "id",
                        "code",
                        "message",
                        "firstFailedAt",
                        "lastFailedAt",
                        "fingerprint",
                        "pipelineVersion");
        assertThat(api.get(LETTERS + "/" + letter.get("id")).hasStatus(200).json())
                .containsAllEntriesOf(letter)
                .containsEntry("journalOffset", null)
                .doesNotContainKeys("original", "originalRaw");
    }

    @Test
    void areListedBySourceAndByWhetherTheyAreParked() {
        letters("{\"source\":\"a\"}", "{\"source\":\"b\"}", "no json");

        assertThat(api.get(LETTERS + "?source=a").list("deadLetters"))
                .hasSize(1)
                .allSatisfy(letter -> assertThat(letter).containsEntry("source", "a"));
        assertThat(api.get(LETTERS + "?source=").list("deadLetters"))
                .hasSize(1)
                .allSatisfy(letter -> assertThat(letter).containsEntry("source", null));
        assertThat(api.get(LETTERS + "?parked=false").list("deadLetters")).hasSize(3);
        assertThat(api.get(LETTERS + "?parked=true").list("deadLetters")).isEmpty();
        api.get(LETTERS + "?parked=perhaps").isProblem(400, "invalid-request");
        assertThat(api.get(LETTERS + "/summary?source=b").json()).containsEntry("counted", 1L);
        assertThat(api.get(LETTERS + "/summary").list("sources"))
                .extracting(source -> source.get("source"))
                .containsExactly("", "a", "b");
        assertThat(api.delete(LETTERS + "?source=").hasStatus(200).json())
                .containsEntry("deleted", 1L)
                .containsEntry("done", true);
    }

    @Test
    void whatIsNoJsonIsShownAsBytes() {
        Map<String, Object> letter = letters("no json").getFirst();

        assertThat(letter).doesNotContainKey("event");
        assertThat(Base64.getDecoder().decode((String) letter.get("raw")))
                .asString()
                .isEqualTo("no json");
    }

    @Test
    void lettersComeInPages() {
        letters("1", "2", "3");

        var first = api.get(LETTERS + "?limit=2").hasStatus(200);
        var second = api.get(LETTERS + "?limit=2&after=" + first.json().get("next")).hasStatus(200);

        assertThat(first.list("deadLetters")).hasSize(2);
        assertThat(second.list("deadLetters")).hasSize(1);
        assertThat(second.json()).containsEntry("next", null);
    }

    @Test
    void lettersAreFilteredByKindAndCause() {
        String fingerprint = (String) letters("1", "{}").getFirst().get("fingerprint");

        assertThat(api.get(LETTERS + "?kind=stage").list("deadLetters")).isEmpty();
        assertThat(api.get(LETTERS + "?kind=sink").list("deadLetters")).isEmpty();
        assertThat(api.get(LETTERS + "?kind=invalid").list("deadLetters")).hasSize(2);
        assertThat(api.get(LETTERS + "?fingerprint=" + fingerprint).list("deadLetters")).hasSize(1);
    }

    @Test
    void theSummaryCountsByCause() {
        letters("1", "2", "{}");

        var answer = api.get(LETTERS + "/summary").hasStatus(200);

        assertThat(answer.json()).containsEntry("counted", 3L).containsEntry("complete", true);
        assertThat(answer.list("summary").getFirst())
                .containsEntry("count", 2L)
                .containsEntry("kind", "invalid")
                .containsKeys("fingerprint", "code", "message", "firstFailedAt", "lastFailedAt");
    }

    @Test
    void oneLetterIsDeleted() {
        String id = (String) letters("1").getFirst().get("id");

        assertThat(api.delete(LETTERS + "/" + id).hasStatus(200).json())
                .containsEntry("deleted", 1L);

        api.get(LETTERS + "/" + id).isProblem(404, "not-found");
        api.delete(LETTERS + "/" + id).isProblem(404, "not-found");
    }

    @Test
    void lettersAreDeletedByFilterOnly() {
        letters("1", "2");

        api.delete(LETTERS).isProblem(400, "invalid-request").saying("required");
        api.delete(LETTERS + "?kind=").isProblem(400, "invalid-request");
        assertThat(api.delete(LETTERS + "?kind=stage").hasStatus(200).json())
                .containsEntry("deleted", 0L);
        assertThat(api.delete(LETTERS + "?kind=invalid").hasStatus(200).json())
                .containsEntry("deleted", 2L);
        assertThat(api.get(LETTERS).list("deadLetters")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"kind=broken", "limit=0", "limit=1001", "after=x", "page=2"})
    void aQueryThatIsWrongIsRefused(String query) {
        api.get(LETTERS + "?" + query).isProblem(400, "invalid-request");
    }

    @Test
    void whatIsNoIdIsRefused() {
        api.get(LETTERS + "/7").isProblem(400, "invalid-request");
    }

    @Test
    void theWordsInThePathAreNoLetters() {
        api.delete(LETTERS + "/summary").isProblem(405, "method-not-allowed");
    }
}
