package dev.millrace.connect.webhook;

import dev.millrace.connect.lookup.Environment;
import dev.millrace.connect.lookup.UnusableSourceException;
import dev.millrace.core.Bound;
import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.Sink;
import dev.millrace.core.connector.SinkContext;
import dev.millrace.core.connector.SinkKind;
import dev.millrace.core.pipeline.DeclaredKind;

import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;

import java.util.List;
import java.util.Optional;

/** Sinks of kind {@code webhook}: batches posted to a URL, at least once. */
public final class WebhookSinks implements SinkKind {
    private final Environment environment;
    private final DnsResolver names;

    public WebhookSinks(Environment environment) {
        this(environment, SystemDefaultDnsResolver.INSTANCE);
    }

    WebhookSinks(Environment environment, DnsResolver names) {
        this.environment = environment;
        this.names = names;
    }

    @Override
    public DeclaredKind declared() {
        return new DeclaredKind(
                "webhook",
                "{url: \"https://example.org/hook\", secret: \"${HOOK_SECRET}\"}",
                WebhookSettings.DECLARED);
    }

    @Override
    public Optional<String> problem(SinkContext context) {
        try {
            WebhookSettings _ = WebhookSettings.of(context.definition().settings(), environment);
            return Optional.empty();
        } catch (UnusableSourceException e) {
            return Optional.of(e.problem());
        }
    }

    /** Asks nothing: whether the server is there, the first batch tells. */
    @Override
    public Sink open(SinkContext context) throws ConnectorException {
        try {
            return new WebhookSink(
                    WebhookSettings.of(context.definition().settings(), environment),
                    names,
                    context.timeout());
        } catch (UnusableSourceException e) {
            throw ConnectorException.lasting(e.problem());
        }
    }

    /** For operators. */
    public static List<Bound> bounds() {
        return List.of(
                new Bound(
                        "webhook.answerBytes",
                        WebhookSink.ANSWER_BYTES_MAX,
                        "bytes",
                        "an answer to a webhook that is read; past it the connection is closed"),
                new Bound(
                        "webhook.headerBytes",
                        WebhookSink.HEADER_BYTES_MAX * WebhookSink.HEADERS_MAX,
                        "bytes",
                        "headers of such an answer; past it the batch is tried again"));
    }
}
