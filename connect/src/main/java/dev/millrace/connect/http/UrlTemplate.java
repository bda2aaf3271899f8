package dev.millrace.connect.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.connect.lookup.Environment;
import dev.millrace.connect.lookup.KeyText;
import dev.millrace.connect.lookup.UnusableSourceException;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A URL with {@code {value}} in its path or query.
 *
 * @param parts what stands before, between and behind the values; at least two; may hold secrets
 * @param origin where it leads, without secrets, such as {@code http://127.0.0.1:8080}
 */
record UrlTemplate(List<String> parts, String origin) {
    private static final String VALUE = "{value}";
    private static final Pattern WEB = Pattern.compile("(?i)https?://");
    private static final Pattern HOST = Pattern.compile("[^:]*://[^/?#]+[/?#]");

    /**
     * @throws UnusableSourceException if it is no such URL, or a variable is not set
     */
    static UrlTemplate parse(String url, Environment environment) throws UnusableSourceException {
        List<String> parts = new ArrayList<>();
        for (String part : url.split("\\Q" + VALUE + "\\E", -1)) {
            parts.add(environment.fill(part));
        }
        if (parts.size() < 2) {
            throw new UnusableSourceException(
                    "the URL of the lookup has no {value} where the value of the field goes, as in https://example.org/sites/{value}");
        }
        if (!WEB.matcher(parts.getFirst()).lookingAt()) {
            throw new UnusableSourceException(
                    "the URL of the lookup must begin with http:// or https://");
        }
        if (!HOST.matcher(parts.getFirst()).lookingAt()) {
            throw new UnusableSourceException(
                    "{value} must stand in the path or the query of the URL of the lookup, behind its host");
        }
        URI sample = uri(String.join("x", parts));
        if (sample.getRawUserInfo() != null) {
            throw new UnusableSourceException(
                    "the URL of the lookup must not hold a user; send an Authorization header instead");
        }
        if (sample.getHost() == null) {
            throw new UnusableSourceException("the URL of the lookup has no host");
        }
        String port = sample.getPort() < 0 ? "" : ":" + sample.getPort();
        String origin = sample.getScheme() + "://" + sample.getHost() + port;
        return new UrlTemplate(List.copyOf(parts), origin);
    }

    private static URI uri(String text) throws UnusableSourceException {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            // Without the cause, which holds the URL and so its secrets.
            throw new UnusableSourceException(
                    "the URL of the lookup is no URL; characters like spaces must be percent-encoded");
        }
    }

    URI of(Object key) {
        return URI.create(String.join(encode(KeyText.of(key)), parts));
    }

    /** Everything but the unreserved characters of RFC 3986, section 2.3. */
    static String encode(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte unit : text.getBytes(UTF_8)) {
            char letter = (char) (unit & 0xff);
            if (letter < 0x80
                    && (Character.isLetterOrDigit(letter) || "-._~".indexOf(letter) >= 0)) {
                encoded.append(letter);
            } else {
                encoded.append('%').append("%02X".formatted((int) letter));
            }
        }
        return encoded.toString();
    }
}
