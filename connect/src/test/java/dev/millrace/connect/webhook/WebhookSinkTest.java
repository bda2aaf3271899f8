package dev.millrace.connect.webhook;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;

import static dev.millrace.connect.Batches.batch;
import static dev.millrace.connect.Batches.event;
import static dev.millrace.connect.Batches.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;

import dev.millrace.connect.Batches;
import dev.millrace.connect.lookup.Environment;
import dev.millrace.core.connector.Delivery;
import dev.millrace.core.connector.Delivery.Delivered;
import dev.millrace.core.connector.Delivery.Refused;
import dev.millrace.core.connector.Delivery.RetryLater;
import dev.millrace.core.connector.Sink;

import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Against a real web server, and servers that no web server would be. */
class WebhookSinkTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(500);
    private static final Delivery DELIVERED = new Delivered();
    private static final Map<String, String> VARIABLES =
            Map.of("TOKEN", "t0ken", "HOOK_SECRET", "s3cret");
    private static final Environment ENVIRONMENT = name -> Optional.ofNullable(VARIABLES.get(name));

    private WireMockServer server;
    private final List<AutoCloseable> opened = new ArrayList<>();

    @BeforeEach
    void start() {
        server =
                new WireMockServer(
                        WireMockConfiguration.options()
                                .bindAddress("127.0.0.1")
                                .dynamicPort()
                                .dynamicHttpsPort());
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
        server.stop();
    }

    private String origin() {
        return "http://127.0.0.1:" + server.port();
    }

    private Map<String, Object> settings(String origin) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("url", origin + "/hook?token=${TOKEN}");
        settings.put("secret", "${HOOK_SECRET}");
        settings.put("headers", Map.of("Authorization", "Bearer ${TOKEN}"));
        settings.put("allow", List.of("127.0.0.1"));
        return settings;
    }

    private Sink open(Map<String, Object> settings, Duration timeout, DnsResolver names) {
        try {
            Sink sink =
                    new WebhookSinks(ENVIRONMENT, names)
                            .open(Batches.context("webhook", settings, timeout));
            opened.add(sink);
            return sink;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private Sink open(Map<String, Object> settings) {
        return open(settings, TIMEOUT, SystemDefaultDnsResolver.INSTANCE);
    }

    private Sink open() {
        return open(settings(origin()));
    }

    private void answers(ResponseDefinitionBuilder answer) {
        server.stubFor(post(urlPathEqualTo("/hook")).willReturn(answer));
    }

    private List<LoggedRequest> requests() {
        return server.findAll(postRequestedFor(urlPathEqualTo("/hook")));
    }

    private static RetryLater retried(Delivery delivery) {
        assertThat(delivery).isInstanceOf(RetryLater.class);
        RetryLater later = (RetryLater) delivery;
        assertThat(later.reason()).doesNotContain("t0ken", "s3cret", "hook?", "\"id\"");
        return later;
    }

    @Test
    void aBatchIsPostedAsAnArrayWithItsKeyAndSigned() throws Exception {
        answers(aResponse().withStatus(204));

        assertThat(open().deliver(events(0, 2))).isEqualTo(DELIVERED);

        LoggedRequest request = requests().getFirst();
        String body = "[%s,%s]".formatted(event(0), event(1));
        assertThat(request.getBodyAsString()).isEqualTo(body);
        assertThat(request.getHeader("Content-Type")).startsWith("application/json");
        assertThat(request.getHeader("Authorization")).isEqualTo("Bearer t0ken");
        assertThat(request.getQueryParams().get("token").firstValue()).isEqualTo("t0ken");
        String key = events(0, 2).key();
        assertThat(request.getHeader("Idempotency-Key")).isEqualTo(key);
        assertThat(request.getHeader("webhook-id")).isEqualTo(key);
        String timestamp = request.getHeader("webhook-timestamp");
        assertThat(Instant.ofEpochSecond(Long.parseLong(timestamp)))
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("s3cret".getBytes(UTF_8), "HmacSHA256"));
        byte[] signed = mac.doFinal((key + "." + timestamp + "." + body).getBytes(UTF_8));
        assertThat(request.getHeader("webhook-signature"))
                .isEqualTo("v1," + Base64.getEncoder().encodeToString(signed));
    }

    /** The example of the specification. */
    @Test
    void theSignatureIsThatOfStandardWebhooks() {
        Signature signature = new Signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

        assertThat(
                        signature.of(
                                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                                1_614_265_330,
                                "{\"test\": 2432232314}".getBytes(UTF_8)))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void withoutASecretNothingIsSigned() {
        answers(aResponse().withStatus(200));
        Map<String, Object> settings = settings(origin());
        settings.remove("secret");

        assertThat(open(settings).deliver(events(0, 1))).isEqualTo(DELIVERED);

        assertThat(requests().getFirst().containsHeader("webhook-signature")).isFalse();
    }

    @Test
    void connectionsAreUsedAgain() {
        answers(aResponse().withStatus(200).withBody("thank you"));
        AtomicInteger asked = new AtomicInteger();
        Sink sink = open(settings(origin()), TIMEOUT, counting(asked));

        for (int i = 0; i < 5; i++) {
            assertThat(sink.deliver(events(i, i + 1))).isEqualTo(DELIVERED);
        }

        assertThat(requests()).hasSize(5);
        assertThat(asked).hasValue(1);
    }

    @Test
    void nothingIsPostedForABatchWithoutItems() {
        assertThat(open().deliver(batch(0, 3, List.of()))).isEqualTo(DELIVERED);

        assertThat(requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 425, 429, 500, 502, 503, 504})
    void anOverloadIsTriedAgainAfterWhatItAsksFor(int status) {
        answers(aResponse().withStatus(status).withHeader("Retry-After", "7"));

        RetryLater later = retried(open().deliver(events(0, 1)));

        assertThat(later.reason()).isEqualTo(origin() + " answered " + status);
        assertThat(later.after()).contains(Duration.ofSeconds(7));
    }

    @Test
    void retryAfterMayBeADate() {
        String date =
                DateTimeFormatter.RFC_1123_DATE_TIME.format(
                        Instant.now().plusSeconds(3_600).atZone(ZoneOffset.UTC));
        answers(aResponse().withStatus(503).withHeader("Retry-After", date));

        assertThat(retried(open().deliver(events(0, 1))).after())
                .get()
                .satisfies(wait ->
                        assertThat(wait).isBetween(Duration.ofMinutes(50), Duration.ofHours(1)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"soon", "-1", "99999999999999999999", "Thu, 01 Jan 1970 00:00:00 GMT", ""})
    void whatCannotBeWaitedForIsLeftToTheHost(String retryAfter) {
        answers(aResponse().withStatus(503).withHeader("Retry-After", retryAfter));

        assertThat(retried(open().deliver(events(0, 1))).after()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 410, 413, 422})
    void anyOther4xxRefusesTheBatch(int status) {
        answers(aResponse().withStatus(status).withBody("no t0ken here"));

        assertThat(open().deliver(events(0, 2)))
                .isEqualTo(new Refused("webhook-" + status, origin() + " answered " + status));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void noRedirectIsFollowed(int status) {
        answers(aResponse().withStatus(status).withHeader("Location", origin() + "/elsewhere"));
        server.stubFor(any(urlPathEqualTo("/elsewhere")).willReturn(aResponse().withStatus(200)));

        assertThat(retried(open().deliver(events(0, 1))).reason())
                .contains("answered " + status)
                .contains("redirects are not followed");

        assertThat(server.findAll(anyRequestedFor(urlPathEqualTo("/elsewhere")))).isEmpty();
    }

    @Test
    void anAnswerThatComesTooLateIsTriedAgainUnderTheSameKey() {
        answers(aResponse().withStatus(200).withFixedDelay(5_000));
        Sink sink = open(settings(origin()), SHORT, SystemDefaultDnsResolver.INSTANCE);

        // One may be over before it has reached the server.
        await().until(() -> {
            assertThat(retried(sink.deliver(events(0, 1))).reason())
                    .isEqualTo(origin() + " did not answer within 450 ms");
            return !requests().isEmpty();
        });
        server.resetMappings();
        answers(aResponse().withStatus(200));
        Map<String, Object> patient = settings(origin());
        patient.put("headers", Map.of("Patient", "yes"));
        assertThat(open(patient).deliver(events(0, 1))).isEqualTo(DELIVERED);

        assertThat(requests()).filteredOn(request -> request.containsHeader("Patient")).hasSize(1);
        assertThat(requests())
                .extracting(request -> request.getHeader("Idempotency-Key"))
                .containsOnly(events(0, 1).key());
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void aConnectionThatBreaksIsTriedAgain(Fault fault) {
        answers(aResponse().withFault(fault));

        Delivery delivery = open().deliver(events(0, 1));

        if (fault == Fault.MALFORMED_RESPONSE_CHUNK) {
            // The status came whole, and is what counts.
            assertThat(delivery).isEqualTo(DELIVERED);
        } else {
            assertThat(retried(delivery).reason())
                    .startsWith("the connection to " + origin() + " broke");
        }
    }

    @Test
    void aServerThatIsAwayIsNamed() throws IOException {
        int port;
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = gone.getLocalPort();
        }

        assertThat(
                        retried(open(settings("http://127.0.0.1:" + port)).deliver(events(0, 1)))
                                .reason())
                .isEqualTo("http://127.0.0.1:%d cannot be reached".formatted(port));
    }

    @Test
    void aHostThatIsNoneIsNamed() {
        Map<String, Object> settings = settings("http://nowhere.invalid");

        assertThat(retried(open(settings).deliver(events(0, 1))).reason())
                .isEqualTo("http://nowhere.invalid has no address, there is no such host");
    }

    @Test
    void aCertificateThatNobodyKnowsIsRefused() {
        answers(aResponse().withStatus(200));
        Map<String, Object> settings = settings("https://127.0.0.1:" + server.httpsPort());

        assertThat(retried(open(settings).deliver(events(0, 1))).reason())
                .startsWith("TLS with https://127.0.0.1:" + server.httpsPort() + " failed");
        assertThat(requests()).isEmpty();
    }

    /** What a server does once it has accepted a connection. */
    private interface Behaviour {
        void answer(OutputStream out) throws Exception;
    }

    /** One that speaks HTTP as nobody should; the future ends when it does. */
    private CompletableFuture<Void> rude(Behaviour behaviour, CompletableFuture<String> origin)
            throws IOException {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        opened.add(socket);
        boolean _ = origin.complete("http://127.0.0.1:" + socket.getLocalPort());
        return CompletableFuture.runAsync(
                () -> {
                    try (Socket accepted = socket.accept()) {
                        behaviour.answer(accepted.getOutputStream());
                    } catch (Exception ended) {
                        throw new IllegalStateException(ended);
                    }
                },
                task -> {
                    Thread _ = Thread.ofVirtual().start(task);
                });
    }

    @Test
    void aServerThatSendsAByteNowAndThenHasALimitToo() throws Exception {
        CompletableFuture<String> origin = new CompletableFuture<>();
        var _ =
                rude(
                        out -> {
                            out.write("HTTP/1.1 200 OK\r\nX: ".getBytes(UTF_8));
                            while (true) {
                                out.write('x');
                                out.flush();
                                Thread.sleep(50);
                            }
                        },
                        origin);
        Sink sink = open(settings(origin.get()), SHORT, SystemDefaultDnsResolver.INSTANCE);

        assertThat(retried(sink.deliver(events(0, 1))).reason()).contains("did not answer within");
    }

    @Test
    void ofAnAnswerWithoutEndABoundedPartIsRead() throws Exception {
        CompletableFuture<String> origin = new CompletableFuture<>();
        CompletableFuture<Void> ended =
                rude(
                        out -> {
                            out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(UTF_8));
                            byte[] block = new byte[1 << 16];
                            while (true) {
                                out.write(block);
                            }
                        },
                        origin);

        assertThat(open(settings(origin.get())).deliver(events(0, 1))).isEqualTo(DELIVERED);

        // Its connection was closed on it.
        assertThat(ended.handle((_, failure) -> failure).get())
                .hasRootCauseInstanceOf(IOException.class);
    }

    @Test
    void ofHeadersWithoutEndABoundedPartIsRead() throws Exception {
        CompletableFuture<String> origin = new CompletableFuture<>();
        var _ =
                rude(
                        out -> {
                            out.write("HTTP/1.1 200 OK\r\n".getBytes(UTF_8));
                            while (true) {
                                out.write("X: y\r\n".getBytes(UTF_8));
                            }
                        },
                        origin);

        assertThat(retried(open(settings(origin.get())).deliver(events(0, 1))).reason())
                .startsWith("the connection to " + origin.get() + " broke");
    }

    @Test
    void aCallThatIsInterruptedEnds() throws Exception {
        CompletableFuture<String> origin = new CompletableFuture<>();
        CountDownLatch accepted = new CountDownLatch(1);
        var _ =
                rude(
                        _ -> {
                            accepted.countDown();
                            new CountDownLatch(1).await();
                        },
                        origin);
        Sink sink = open(settings(origin.get()));
        CompletableFuture<Delivery> delivery = new CompletableFuture<>();
        Thread caller =
                Thread.ofVirtual().start(() -> delivery.complete(sink.deliver(events(0, 1))));
        accepted.await();

        caller.interrupt();

        assertThat(delivery.get()).isInstanceOf(RetryLater.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1", "127.1.2.3", "[::1]", "[::ffff:127.0.0.1]"})
    void anAddressOfThisMachineIsRefusedUnlessItIsAllowed(String host) {
        answers(aResponse().withStatus(200));
        Map<String, Object> settings = settings("http://%s:%d".formatted(host, server.port()));
        settings.put("allow", List.of("elsewhere.example"));

        assertThat(retried(open(settings).deliver(events(0, 1))).reason())
                .contains("may not be connected to")
                .contains("not on the public internet")
                .contains("under allow");
        assertThat(requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "10.1.2.3", "fd00:ec2::254", "100.100.100.200"})
    void aNameThatLeadsToAPrivateNetworkIsRefused(String address) {
        Map<String, Object> settings = settings("http://hook.example");
        Sink sink = open(settings, TIMEOUT, answering(new AtomicInteger(), address));

        assertThat(retried(sink.deliver(events(0, 1))).reason())
                .contains("hook.example leads to ")
                .contains("not on the public internet");
    }

    @Test
    void theAddressThatWasCheckedIsTheOneConnectedTo() {
        answers(aResponse().withStatus(200));
        AtomicInteger asked = new AtomicInteger();
        Map<String, Object> settings = settings("http://hook.example:" + server.port());
        settings.put("allow", List.of("hook.example"));
        // Leads here the first time it is asked for, and to nowhere from then on.
        Sink sink = open(settings, TIMEOUT, answering(asked, "127.0.0.1", "0.0.0.1"));

        assertThat(sink.deliver(events(0, 1))).isEqualTo(DELIVERED);

        assertThat(asked).hasValue(1);
        assertThat(requests().getFirst().getHeader("Host"))
                .isEqualTo("hook.example:" + server.port());
    }

    /** Answers with the first address first, and with the last one from then on. */
    private static DnsResolver answering(AtomicInteger asked, String... addresses) {
        return new DnsResolver() {
            @Override
            public InetAddress[] resolve(String host) {
                int at = Math.min(asked.getAndIncrement(), addresses.length - 1);
                return new InetAddress[] {InetAddress.ofLiteral(addresses[at])};
            }

            @Override
            public String resolveCanonicalHostname(String host) throws UnknownHostException {
                throw new UnknownHostException(host);
            }
        };
    }

    private static DnsResolver counting(AtomicInteger asked) {
        return answering(asked, "127.0.0.1");
    }

    private static Optional<String> problem(Map<String, Object> settings) {
        return new WebhookSinks(ENVIRONMENT).problem(Batches.context("webhook", settings, TIMEOUT));
    }

    @Test
    void whatCannotBeIsSaidWhenThePipelineIsPut() {
        assertThat(problem(settings("https://example.org"))).isEmpty();
        assertThat(problem(settings("ftp://example.org")))
                .contains("the URL of the webhook must begin with http:// or https://");
        assertThat(problem(settings("https://u:t0ken@example.org")))
                .get()
                .asString()
                .contains("must not hold a user")
                .doesNotContain("t0ken");
        assertThat(problem(Map.of("url", "https://example.org/${NOT_SET}")))
                .get()
                .asString()
                .contains("NOT_SET is not set");
        assertThat(problem(Map.of("url", "https://a.example/", "secret", "whsec_t0ken!")))
                .get()
                .asString()
                .contains("the secret of the webhook cannot be used")
                .doesNotContain("t0ken");
        assertThat(
                        problem(
                                Map.of(
                                        "url",
                                        "https://a.example/",
                                        "headers",
                                        Map.of("Idempotency-Key", "x"))))
                .get()
                .asString()
                .contains("'Idempotency-Key' is set by the sink");
    }
}
