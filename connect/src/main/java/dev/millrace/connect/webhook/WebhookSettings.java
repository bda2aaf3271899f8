package dev.millrace.connect.webhook;

import dev.millrace.connect.http.Headers;
import dev.millrace.connect.http.WebAddress;
import dev.millrace.connect.lookup.Environment;
import dev.millrace.connect.lookup.UnusableSourceException;
import dev.millrace.core.pipeline.Setting;
import dev.millrace.core.pipeline.Settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where to post, with the variables put in.
 *
 * @param allowed hosts that need not be on the public internet
 */
record WebhookSettings(
        WebAddress address,
        Map<String, String> headers,
        Optional<Signature> signature,
        List<String> allowed) {
    private static final String URL = "url";
    private static final String SECRET = "secret";
    private static final String HEADERS = "headers";
    private static final String ALLOW = "allow";

    /** Headers that the sink sets itself. */
    private static final Set<String> OWN =
            Set.of(
                    "content-type",
                    "transfer-encoding",
                    "idempotency-key",
                    "webhook-id",
                    "webhook-timestamp",
                    "webhook-signature");

    static final List<Setting> DECLARED =
            List.of(
                    new Setting.Text(
                            URL, true, "a URL like https://example.org/hook", Optional.empty()),
                    new Setting.Text(
                            SECRET, false, "a secret like ${HOOK_SECRET}", Optional.empty()),
                    new Setting.TextMap(
                            HEADERS, false, "a mapping like {Authorization: \"Bearer ${TOKEN}\"}"),
                    new Setting.Texts(ALLOW, false, "a list of host names like [localhost]"));

    static WebhookSettings of(Settings settings, Environment environment)
            throws UnusableSourceException {
        WebAddress address =
                WebAddress.parse(
                        environment.fill(settings.requiredText(URL)), "the URL of the webhook");
        Map<String, String> headers = Headers.fill(settings.textMap(HEADERS), environment);
        for (String name : headers.keySet()) {
            if (OWN.contains(name.toLowerCase(Locale.ROOT))) {
                throw new UnusableSourceException(
                        "the header '%s' is set by the sink; leave it out".formatted(name));
            }
        }
        List<String> allowed = new ArrayList<>();
        for (String host : settings.texts(ALLOW)) {
            allowed.add(environment.fill(host));
        }
        return new WebhookSettings(
                address, headers, signature(settings, environment), List.copyOf(allowed));
    }

    private static Optional<Signature> signature(Settings settings, Environment environment)
            throws UnusableSourceException {
        Optional<String> secret = settings.text(SECRET);
        if (secret.isEmpty()) {
            return Optional.empty();
        }
        String filled = environment.fill(secret.get());
        try {
            return Optional.of(new Signature(filled));
        } catch (IllegalArgumentException e) {
            throw new UnusableSourceException(
                    "the secret of the webhook cannot be used; write whsec_ and a key in Base64, or any other text that is not empty");
        }
    }
}
