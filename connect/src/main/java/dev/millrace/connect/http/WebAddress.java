package dev.millrace.connect.http;

import dev.millrace.connect.lookup.UnusableSourceException;

import java.net.URI;
import java.util.regex.Pattern;

/**
 * A URL that requests go to.
 *
 * @param uri may hold secrets
 * @param origin where it leads, without secrets, such as {@code http://127.0.0.1:8080}
 */
public record WebAddress(URI uri, String origin) {
    private static final Pattern WEB = Pattern.compile("(?i)https?://");

    /**
     * @param url with the variables put in
     * @param what for messages: {@code the URL of the lookup}
     * @throws UnusableSourceException if it is no such URL; without the URL, which may hold secrets
     */
    public static WebAddress parse(String url, String what) throws UnusableSourceException {
        requireWeb(url, what);
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException e) {
            // Without the cause, which holds the URL.
            throw new UnusableSourceException(
                    what + " is no URL; characters like spaces must be percent-encoded");
        }
        if (uri.getRawUserInfo() != null) {
            throw new UnusableSourceException(
                    what + " must not hold a user; send an Authorization header instead");
        }
        if (uri.getHost() == null) {
            throw new UnusableSourceException(what + " has no host");
        }
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        return new WebAddress(uri, uri.getScheme() + "://" + uri.getHost() + port);
    }

    /** Looks at how it begins alone. */
    static void requireWeb(String url, String what) throws UnusableSourceException {
        if (!WEB.matcher(url).lookingAt()) {
            throw new UnusableSourceException(what + " must begin with http:// or https://");
        }
    }
}
