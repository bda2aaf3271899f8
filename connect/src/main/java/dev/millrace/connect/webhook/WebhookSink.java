package dev.millrace.connect.webhook;

import dev.millrace.connect.webhook.PublicAddresses.NotPublicException;
import dev.millrace.core.connector.Delivery;
import dev.millrace.core.connector.Sink;
import dev.millrace.core.connector.SinkBatch;
import dev.millrace.core.connector.SinkItem;

import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

import javax.net.ssl.SSLException;

/**
 * Posts batches to a URL: {@code Content-Type: application/json}, an array of the items as the API
 * writes them, in order.
 *
 * <p>{@code Idempotency-Key}, and {@code webhook-id} with the same value, is {@link SinkBatch#key}:
 * a batch whose answer was lost comes again under it. With a secret, {@code webhook-timestamp}
 * (epoch seconds, of this attempt) and {@code webhook-signature} are sent too; {@link Signature}
 * has how they are made.
 *
 * <p>2xx is delivered. 408, 425, 429 and 5xx are tried again, after what {@code Retry-After} asks
 * for, and so is 3xx, since redirects are not followed: a webhook that moved is nothing that the
 * items are to blame for. Any other status refuses the batch. What is read of an answer is bounded,
 * and none of it is shown, as it may hold what was sent.
 */
final class WebhookSink implements Sink {
    /** Of an answer, to keep its connection; a longer one costs the connection. */
    static final int ANSWER_BYTES_MAX = 1 << 16;

    static final int HEADER_BYTES_MAX = 1 << 13;
    static final int HEADERS_MAX = 100;

    /** Of the sink's timeout, so that it is this that says what hung. */
    private static final double TIMEOUT_PART = 0.9;

    private static final TimeValue UNCHECKED = TimeValue.ofSeconds(1);

    /** After it a name is resolved again. */
    private static final TimeValue CONNECTION_AGE_MAX = TimeValue.ofMinutes(1);

    private static final Set<Integer> LATER = Set.of(408, 425, 429);
    private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");

    private final WebhookSettings settings;
    private final Duration timeout;
    private final HttpHost host;
    private final CloseableHttpClient client;

    /**
     * @param names whom to ask for addresses, which are checked
     * @param callTimeout after which a call is interrupted
     */
    WebhookSink(WebhookSettings settings, DnsResolver names, Duration callTimeout) {
        this.settings = settings;
        this.timeout = Duration.ofMillis(Math.round(callTimeout.toMillis() * TIMEOUT_PART));
        this.host = HttpHost.create(settings.address().uri());
        Timeout wait = Timeout.of(timeout);
        PoolingHttpClientConnectionManager connections =
                PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(new CheckedResolver(names, settings.allowed().stream()))
                        .setConnectionFactory(
                                ManagedHttpClientConnectionFactory.builder()
                                        .http1Config(
                                                Http1Config.custom()
                                                        .setMaxHeaderCount(HEADERS_MAX)
                                                        .setMaxLineLength(HEADER_BYTES_MAX)
                                                        .build())
                                        .build())
                        .setDefaultConnectionConfig(
                                ConnectionConfig.custom()
                                        .setConnectTimeout(wait)
                                        .setSocketTimeout(wait)
                                        .setValidateAfterInactivity(UNCHECKED)
                                        .setTimeToLive(CONNECTION_AGE_MAX)
                                        .build())
                        .setDefaultSocketConfig(SocketConfig.custom().setSoTimeout(wait).build())
                        .setMaxConnTotal(1)
                        .setMaxConnPerRoute(1)
                        .build();
        this.client =
                HttpClients.custom()
                        .setConnectionManager(connections)
                        .setDefaultRequestConfig(
                                RequestConfig.custom()
                                        .setResponseTimeout(wait)
                                        .setConnectionRequestTimeout(wait)
                                        .setProtocolUpgradeEnabled(false)
                                        .build())
                        .setUserAgent("Millrace")
                        .disableRedirectHandling()
                        .disableAutomaticRetries()
                        .disableCookieManagement()
                        .disableAuthCaching()
                        .disableContentCompression()
                        .build();
    }

    @Override
    public Delivery deliver(SinkBatch batch) {
        if (batch.items().isEmpty()) {
            return new Delivery.Delivered();
        }
        HttpPost request = request(batch);
        AtomicBoolean late = new AtomicBoolean();
        Thread watch = Thread.ofVirtual().start(() -> breakOff(request, late));
        try (ClassicHttpResponse response = client.executeOpen(host, request, null)) {
            int status = response.getCode();
            Delivery delivery = delivery(status, response.getFirstHeader("Retry-After"));
            drain(response.getEntity());
            return delivery;
        } catch (IOException failed) {
            return new Delivery.RetryLater(
                    late.get() ? tooLate() : reason(failed), Optional.empty());
        } finally {
            watch.interrupt();
        }
    }

    private HttpPost request(SinkBatch batch) {
        HttpPost request = new HttpPost(settings.address().uri());
        settings.headers().forEach(request::setHeader);
        byte[] body = array(batch);
        request.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
        String key = batch.key();
        request.setHeader("Idempotency-Key", key);
        request.setHeader("webhook-id", key);
        settings.signature()
                .ifPresent(signature -> {
                    long seconds = Instant.now().getEpochSecond();
                    request.setHeader("webhook-timestamp", Long.toString(seconds));
                    request.setHeader("webhook-signature", signature.of(key, seconds, body));
                });
        return request;
    }

    private static byte[] array(SinkBatch batch) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        char before = '[';
        for (SinkItem item : batch.items()) {
            body.write(before);
            body.writeBytes(item.json());
            before = ',';
        }
        body.write(']');
        return body.toByteArray();
    }

    /**
     * A server that sends a byte now and then is never silent for long, so the whole has a limit.
     */
    private void breakOff(HttpPost request, AtomicBoolean late) {
        try {
            Thread.sleep(timeout);
            late.set(true);
            request.abort();
        } catch (InterruptedException answered) {
            // In time.
        }
    }

    private Delivery delivery(int status, @Nullable Header retryAfter) {
        if (status >= 200 && status < 300) {
            return new Delivery.Delivered();
        }
        String reason = "%s answered %d".formatted(settings.address().origin(), status);
        if (status >= 300 && status < 400) {
            return new Delivery.RetryLater(
                    reason + ", and redirects are not followed; put where it leads into url");
        }
        if (LATER.contains(status) || status >= 500) {
            return new Delivery.RetryLater(
                    reason, Optional.ofNullable(retryAfter).flatMap(WebhookSink::wait));
        }
        return new Delivery.Refused("webhook-" + status, reason);
    }

    /** RFC 9110, section 10.2.3: seconds or a date. The host bounds how long it waits. */
    private static Optional<Duration> wait(Header retryAfter) {
        String text = retryAfter.getValue().strip();
        if (SECONDS.matcher(text).matches()) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
        }
        try {
            Instant until =
                    ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            Duration left = Duration.between(Instant.now(), until);
            return left.isNegative() ? Optional.empty() : Optional.of(left);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Keeps the connection for the next batch, if the answer ends within its bound. */
    private static void drain(@Nullable HttpEntity entity) {
        if (entity == null) {
            return;
        }
        try {
            // Not closed, which would read what is left; closing the answer ends the connection.
            InputStream body = entity.getContent();
            byte[] _ = body.readNBytes(ANSWER_BYTES_MAX + 1);
        } catch (IOException broken) {
            // The status said what came of it.
        }
    }

    private String tooLate() {
        return "%s did not answer within %d ms"
                .formatted(settings.address().origin(), timeout.toMillis());
    }

    private String reason(IOException failed) {
        String origin = settings.address().origin();
        return switch (failed) {
            case NotPublicException refused ->
                    "%s may not be connected to: %s".formatted(origin, refused.getMessage());
            case UnknownHostException _ ->
                    "%s has no address, there is no such host".formatted(origin);
            case SocketTimeoutException _ -> tooLate();
            case ConnectException _ -> origin + " cannot be reached";
            case SSLException tls -> "TLS with %s failed (%s)".formatted(origin, tls.getMessage());
            default ->
                    "the connection to %s broke (%s)"
                            .formatted(origin, failed.getClass().getSimpleName());
        };
    }

    @Override
    public void close() {
        client.close(CloseMode.IMMEDIATE);
    }
}
