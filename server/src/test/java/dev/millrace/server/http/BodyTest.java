package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.luben.zstd.Zstd;

import dev.millrace.server.http.Api.Answer;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** How bodies are packed, framed and bounded. */
class BodyTest {
    private static final String EVENTS = "/v1/pipelines/web/events";

    @TempDir static Path data;
    private static Api api;

    @BeforeAll
    static void start() {
        api = Api.withViews(data);
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static byte[] spaces(int count) {
        byte[] spaces = new byte[count];
        Arrays.fill(spaces, (byte) ' ');
        return spaces;
    }

    private static Answer packed(String encoding, byte[] body) {
        return api.send(
                api.request(EVENTS)
                        .header("Content-Type", "application/x-ndjson")
                        .header("Content-Encoding", encoding)
                        .POST(BodyPublishers.ofByteArray(body)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "GZIP", "x-gzip"})
    void gzipIsUnpacked(String encoding) {
        assertThat(packed(encoding, gzip(bytes(Api.event("a")))).hasStatus(202).json())
                .containsEntry("accepted", 1L);
    }

    @Test
    void severalGzipMembersAreOneBody() {
        byte[] body = join(gzip(bytes(Api.event("a") + "\n")), gzip(bytes(Api.event("b"))));

        assertThat(packed("gzip", body).hasStatus(202).json()).containsEntry("accepted", 2L);
    }

    @Test
    void zstdIsUnpacked() {
        assertThat(packed("zstd", Zstd.compress(bytes(Api.event("a")))).hasStatus(202).json())
                .containsEntry("accepted", 1L);
    }

    @Test
    void severalZstdFramesAreOneBody() {
        byte[] body =
                join(
                        Zstd.compress(bytes(Api.event("a") + "\n")),
                        Zstd.compress(bytes(Api.event("b"))));

        assertThat(packed("zstd", body).hasStatus(202).json()).containsEntry("accepted", 2L);
    }

    @Test
    void identityIsTaken() {
        packed("identity", bytes(Api.event("a"))).hasStatus(202);
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "deflate", "gzip, gzip", "compress"})
    void anotherEncodingIsRefused(String encoding) {
        packed(encoding, bytes("x"))
                .isProblem(415, "unsupported-media-type")
                .saying("gzip, zstd, identity");
    }

    @Test
    void gzipThatIsCutShortIsMalformed() {
        byte[] whole = gzip(bytes(Api.event("a")));

        for (int length = 1; length < whole.length; length += 7) {
            packed("gzip", Arrays.copyOf(whole, length)).isProblem(400, "malformed");
        }
    }

    @Test
    void zstdThatIsCutShortIsMalformed() {
        byte[] whole = Zstd.compress(bytes(Api.event("a")));

        packed("zstd", Arrays.copyOf(whole, whole.length - 3)).isProblem(400, "malformed");
    }

    @Test
    void whatFollowsGzipIsMalformed() {
        byte[] whole = gzip(bytes(Api.event("a")));

        packed("gzip", join(whole, bytes("x"))).isProblem(400, "malformed");
        packed("gzip", join(whole, bytes("garbage that is longer than a header of gzip")))
                .isProblem(400, "malformed");
    }

    @Test
    void whatFollowsZstdIsMalformed() {
        packed("zstd", join(Zstd.compress(bytes(Api.event("a"))), bytes("garbage")))
                .isProblem(400, "malformed");
    }

    @Test
    void gzipOfAWrongChecksumIsMalformed() {
        byte[] body = gzip(bytes(Api.event("a")));
        body[body.length - 6] ^= 1;

        packed("gzip", body).isProblem(400, "malformed");
    }

    @Test
    void whatIsNotPackedIsMalformed() {
        packed("gzip", bytes(Api.event("a"))).isProblem(400, "malformed");
        packed("zstd", bytes(Api.event("a"))).isProblem(400, "malformed");
        packed("gzip", new byte[0]).isProblem(400, "malformed");
    }

    @Test
    void gzipThatUnpacksPastTheLimitIsTooLarge() {
        packed("gzip", gzip(spaces((100 << 20) + 1)))
                .isProblem(413, "too-large")
                .saying("104857600");
    }

    @Test
    void zstdThatUnpacksPastTheLimitIsTooLarge() {
        packed("zstd", Zstd.compress(spaces((100 << 20) + 1))).isProblem(413, "too-large");
    }

    @Test
    void aBodyAtTheLimitIsTaken() {
        byte[] body = spaces(10 << 20);
        byte[] event = bytes(Api.event("a"));
        System.arraycopy(event, 0, body, 0, event.length);

        api.post(EVENTS, "application/x-ndjson", body).hasStatus(202);
    }

    @Test
    void aBodyPastTheLimitIsTooLarge() {
        api.post(EVENTS, "application/json", spaces((10 << 20) + 1)).isProblem(413, "too-large");
    }

    @Test
    void aChunkedBodyIsTaken() {
        assertThat(chunked(bytes(Api.event("a"))).hasStatus(202).json())
                .containsEntry("accepted", 1L);
    }

    @Test
    void aChunkedBodyPastTheLimitIsTooLarge() {
        chunked(spaces((10 << 20) + 1)).isProblem(413, "too-large");
    }

    private static Answer chunked(byte[] body) {
        return api.send(
                api.request(EVENTS)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))));
    }

    @Test
    void aClientMayWaitToBeToldToContinue() {
        api.send(
                        api.request(EVENTS)
                                .header("Content-Type", "application/json")
                                .expectContinue(true)
                                .POST(BodyPublishers.ofString(Api.event("a"))))
                .hasStatus(202);
    }

    @Test
    void aLengthLongerThanTheBodyIsMalformed() throws IOException {
        String event = Api.event("a");

        assertThat(api.raw(head("Content-Length: " + (event.length() + 10)) + event))
                .startsWith("HTTP/1.1 400")
                .contains("urn:millrace:malformed");
    }

    @Test
    void aLengthShorterThanTheBodyIsMalformed() throws IOException {
        String event = Api.event("a");

        assertThat(api.raw(head("Content-Length: " + (event.length() - 10)) + event))
                .startsWith("HTTP/1.1 400")
                .contains("urn:millrace:malformed");
    }

    @Test
    void anAnnouncedLengthPastTheLimitIsRefusedUnread() throws IOException {
        assertThat(api.raw(head("Content-Length: 15000000")))
                .startsWith("HTTP/1.1 413")
                .contains("urn:millrace:too-large");
        assertThat(api.raw(head("Content-Length: 5000000000")))
                .startsWith("HTTP/1.1 413")
                .contains("urn:millrace:too-large");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "x", "1x", "99999999999999999999"})
    void aLengthThatIsNoneIsRefused(String length) throws IOException {
        assertThat(api.raw(head("Content-Length: " + length) + "x"))
                .startsWith("HTTP/1.1 400")
                .contains("urn:millrace:invalid-request");
    }

    @Test
    void lengthAndChunksTogetherAreRefused() throws IOException {
        assertThat(api.raw(head("Content-Length: 2\r\nTransfer-Encoding: chunked") + "0\r\n\r\n"))
                .startsWith("HTTP/1.1 400");
    }

    @Test
    void chunksThatEndTooEarlyAreMalformed() throws IOException {
        assertThat(api.raw(head("Transfer-Encoding: chunked") + "ff\r\n{\"id\":"))
                .startsWith("HTTP/1.1 400")
                .contains("urn:millrace:malformed");
    }

    @Test
    void aChunkOfNoSizeIsMalformed() throws IOException {
        assertThat(api.raw(head("Transfer-Encoding: chunked") + "zz\r\n{}\r\n0\r\n\r\n"))
                .startsWith("HTTP/1.1 400");
    }

    @Test
    void aChunkThatClaimsTwoGibibytesIsTooLarge() throws IOException {
        assertThat(api.raw(head("Transfer-Encoding: chunked") + "7fffffff\r\n{}"))
                .startsWith("HTTP/1.1 413")
                .contains("urn:millrace:too-large");
    }

    @Test
    void requestsMayFollowOneAnotherOnOneConnection() throws IOException {
        String event = Api.event("a");
        String one = head("Content-Length: " + event.length()) + event;

        assertThat(api.raw(one + one).split("HTTP/1.1 202", -1)).hasSize(3);
    }

    @Test
    void theConnectionEndsWhereTheClientAsksForIt() throws IOException {
        String event = Api.event("a");
        String last = head("Connection: close\r\nContent-Length: " + event.length()) + event;

        assertThat(api.raw(last + last).split("HTTP/1.1 202", -1)).hasSize(2);
    }

    private static String head(String header) {
        return """
        POST %s HTTP/1.1\r
        Host: localhost\r
        Content-Type: application/json\r
        %s\r
        \r
        """
                .formatted(EVENTS, header);
    }
}
