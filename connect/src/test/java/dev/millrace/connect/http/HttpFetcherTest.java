package dev.millrace.connect.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;

import dev.millrace.connect.lookup.Attempt;
import dev.millrace.connect.lookup.Attempt.Answered;
import dev.millrace.connect.lookup.Attempt.Erred;
import dev.millrace.connect.lookup.Attempt.Unanswered;
import dev.millrace.connect.lookup.Attempt.Unavailable;
import dev.millrace.connect.lookup.Environment;
import dev.millrace.connect.lookup.UnusableSourceException;
import dev.millrace.core.lookup.Answer;
import dev.millrace.core.pipeline.LookupSource;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

class HttpFetcherTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Environment ENVIRONMENT =
            name -> name.equals("TOKEN") ? Optional.of("s3cret") : Optional.empty();

    private HttpServer server;
    private final CountDownLatch released = new CountDownLatch(1);

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    @AfterEach
    void stop() {
        released.countDown();
        server.stop(0);
    }

    private void answer(HttpHandler handler) {
        server.createContext("/", handler);
    }

    private void answer(int status, String body) {
        answer(exchange -> send(exchange, status, body));
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    private LookupSource.Http source(Map<String, String> headers) {
        return new LookupSource.Http(origin() + "/sites/{value}?token=${TOKEN}", headers);
    }

    private String origin() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private Attempt fetch(Object key, Duration timeout, Map<String, String> headers)
            throws Exception {
        try (HttpFetcher fetcher = HttpFetcher.open(source(headers), timeout, ENVIRONMENT)) {
            return fetcher.fetch(key);
        }
    }

    private Answer answered() throws Exception {
        Attempt attempt = fetch("a", TIMEOUT, Map.of());
        assertThat(attempt).isInstanceOf(Answered.class);
        return ((Answered) attempt).answer();
    }

    private Answer.Failed failed() throws Exception {
        assertThat(answered()).isInstanceOf(Answer.Failed.class);
        return (Answer.Failed) answered();
    }

    private Unavailable unavailable(Duration timeout) throws Exception {
        return (Unavailable) unanswered(Unavailable.class, timeout);
    }

    private Erred erred(Duration timeout) throws Exception {
        return (Erred) unanswered(Erred.class, timeout);
    }

    private Unanswered unanswered(Class<? extends Unanswered> kind, Duration timeout)
            throws Exception {
        Attempt attempt = fetch("a", timeout, Map.of());
        assertThat(attempt).isInstanceOf(kind);
        assertThat(((Unanswered) attempt).message())
                .contains(origin())
                .doesNotContain("s3cret", "sites");
        return (Unanswered) attempt;
    }

    @Test
    void theValueAndTheSecretsAreSent() throws Exception {
        answer(exchange ->
                send(
                        exchange,
                        200,
                        "[\"%s\", \"%s\"]"
                                .formatted(
                                        exchange.getRequestURI().getRawPath()
                                                + "?"
                                                + exchange.getRequestURI().getRawQuery(),
                                        exchange.getRequestHeaders().getFirst("Authorization"))));

        assertThat(fetch("a/b", TIMEOUT, Map.of("Authorization", "Bearer ${TOKEN}")))
                .isEqualTo(
                        new Answered(
                                new Answer.Found(
                                        List.of("/sites/a%2Fb?token=s3cret", "Bearer s3cret"))));
    }

    @Test
    void jsonIsFoundAsPlainValues() throws Exception {
        answer(200, "{\"n\": 5, \"x\": 0.5, \"ok\": true, \"list\": [\"a\"]}");

        assertThat(answered())
                .isEqualTo(
                        new Answer.Found(
                                Map.of("n", 5L, "x", 0.5, "ok", true, "list", List.of("a"))));
    }

    @Test
    void nullIsNothing() throws Exception {
        answer(200, "null");
        assertThat(answered()).isEqualTo(new Answer.Nothing());
    }

    @Test
    void notFoundIsNothing() throws Exception {
        answer(404, "");
        assertThat(answered()).isEqualTo(new Answer.Nothing());
    }

    @Test
    void noContentIsNothing() throws Exception {
        answer(204, "");
        assertThat(answered()).isEqualTo(new Answer.Nothing());
    }

    @Test
    void aRefusalHasFailed() throws Exception {
        answer(403, "no");
        assertThat(failed().code()).isEqualTo("lookup-403");
    }

    @Test
    void aRedirectIsNotFollowed() throws Exception {
        answer(exchange -> {
            exchange.getResponseHeaders().add("Location", origin() + "/elsewhere");
            send(exchange, 302, "");
        });
        assertThat(failed().code()).isEqualTo("lookup-302");
    }

    @Test
    void whatIsNoJsonHasFailed() throws Exception {
        answer(200, "<html>");
        assertThat(failed().code()).isEqualTo("lookup-no-json");
    }

    @Test
    void anErrorOfTheServerIsWorthAnotherTry() throws Exception {
        answer(500, "oops");
        assertThat(erred(TIMEOUT).code()).isEqualTo("lookup-500");
    }

    @Test
    void aServerThatSaysItIsUnavailableIsAway() throws Exception {
        answer(503, "");
        assertThat(unavailable(TIMEOUT).code()).isEqualTo("lookup-503");
    }

    @Test
    void anAnswerThatBreaksOffIsAnErrorOverTheKey() throws Exception {
        answer(exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write("[1,".getBytes(UTF_8));
            exchange.getResponseBody().flush();
            exchange.close();
        });
        assertThat(erred(TIMEOUT).code()).isEqualTo("lookup-unreachable");
    }

    @Test
    void tooManyRequestsAreWorthAnotherTry() throws Exception {
        answer(429, "");
        assertThat(unavailable(TIMEOUT).code()).isEqualTo("lookup-429");
    }

    @Test
    void aServerThatHangsIsGivenUp() throws Exception {
        answer(_ -> await());
        assertThat(unavailable(SHORT).code()).isEqualTo("lookup-timeout");
    }

    @Test
    void aBodyThatDripsIsGivenUp() {
        answer(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("[1,".getBytes(UTF_8));
            exchange.getResponseBody().flush();
            await();
        });
        // On a busy machine not even the status may come in time.
        Awaitility.await()
                .untilAsserted(() -> assertThat(erred(SHORT).code()).isEqualTo("lookup-timeout"));
    }

    @Test
    void aBodyOfAGigabyteIsCutOff() throws Exception {
        AtomicLong sent = new AtomicLong();
        CountDownLatch ended = new CountDownLatch(1);
        answer(exchange -> {
            byte[] chunk = new byte[1 << 16];
            exchange.sendResponseHeaders(200, 1L << 30);
            try (OutputStream out = exchange.getResponseBody()) {
                while (sent.get() < 1L << 30) {
                    out.write(chunk);
                    sent.addAndGet(chunk.length);
                }
            } finally {
                ended.countDown();
            }
        });

        Answer answer = answered();

        assertThat(answer).isInstanceOf(Answer.Failed.class);
        assertThat(((Answer.Failed) answer).code()).isEqualTo("lookup-too-large");
        assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(sent.get()).isLessThan(100L << 20);
    }

    @Test
    void aConnectionThatBreaksIsWorthAnotherTry() throws Exception {
        answer(HttpExchange::close);
        assertThat(unavailable(TIMEOUT).code()).isEqualTo("lookup-unreachable");
    }

    @Test
    void aServerThatIsNotThereIsWorthAnotherTry() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        try (HttpFetcher fetcher =
                HttpFetcher.open(
                        new LookupSource.Http("http://127.0.0.1:" + free + "/{value}", Map.of()),
                        TIMEOUT,
                        ENVIRONMENT)) {
            assertThat(fetcher.fetch("a"))
                    .isEqualTo(
                            new Unavailable(
                                    "lookup-unreachable",
                                    "http://127.0.0.1:" + free + " cannot be reached"));
        }
    }

    @Test
    void headersThatCannotBeSentAreRefusedWithoutTheirValue() {
        assertThatThrownBy(() ->
                        HttpFetcher.check(source(Map.of("Connection", "${TOKEN}")), ENVIRONMENT))
                .isInstanceOf(UnusableSourceException.class)
                .hasMessageContaining("Connection")
                .hasMessageNotContaining("s3cret");
        assertThatThrownBy(() -> HttpFetcher.check(source(Map.of("X", "${NO_SUCH}")), ENVIRONMENT))
                .isInstanceOf(UnusableSourceException.class)
                .hasMessageContaining("NO_SUCH");
    }

    private void await() {
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
