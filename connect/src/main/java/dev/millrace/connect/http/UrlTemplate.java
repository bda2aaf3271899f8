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
    private static final String WHAT = "the URL of the lookup";
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
        WebAddress.requireWeb(parts.getFirst(), WHAT);
        if (!HOST.matcher(parts.getFirst()).lookingAt()) {
            throw new UnusableSourceException(
                    "{value} must stand in the path or the query of the URL of the lookup, behind its host");
        }
        WebAddress sample = WebAddress.parse(String.join("x", parts), WHAT);
        return new UrlTemplate(List.copyOf(parts), sample.origin());
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
