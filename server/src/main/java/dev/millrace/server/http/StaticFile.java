package dev.millrace.server.http;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * A file of the class path as browsers get it: packed once, with an entity tag, so that an
 * unchanged one costs a 304. Immutable.
 */
final class StaticFile {
    /** Nothing from elsewhere, nothing inline, and in nobody's frame. */
    private static final Header POLICY =
            HeaderValues.createCached(
                    "Content-Security-Policy",
                    "default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri"
                            + " 'none'; form-action 'none'");

    private static final Header NO_REFERRER =
            HeaderValues.createCached("Referrer-Policy", "no-referrer");

    /** A browser asks each time whether it is still the same. */
    private static final Header REVALIDATE =
            HeaderValues.createCached(HeaderNames.CACHE_CONTROL, "no-cache");

    private static final Header VARY =
            HeaderValues.createCached(HeaderNames.VARY, "Accept-Encoding");
    private static final Header GZIP =
            HeaderValues.createCached(HeaderNames.CONTENT_ENCODING, "gzip");

    private static final Map<String, String> TYPES =
            Map.of(
                    "html", "text/html; charset=utf-8",
                    "css", "text/css; charset=utf-8",
                    "js", "text/javascript; charset=utf-8",
                    "svg", "image/svg+xml",
                    "png", "image/png",
                    "woff2", "font/woff2",
                    "yaml", "application/yaml");

    private final byte[] content;
    private final byte[] packed;
    private final Header type;
    private final String tag;

    private StaticFile(String name, byte[] content) {
        this.content = content;
        this.packed = packed(content);
        this.type = HeaderValues.createCached(HeaderNames.CONTENT_TYPE, typeOf(name));
        this.tag = tag(content);
    }

    /**
     * Reads a file; empty if there is none of that name, or its ending is not one that is served.
     */
    static Optional<StaticFile> find(String resource) {
        if (!TYPES.containsKey(ending(resource))) {
            return Optional.empty();
        }
        try (InputStream in = StaticFile.class.getResourceAsStream(resource)) {
            return in == null
                    ? Optional.empty()
                    : Optional.of(new StaticFile(resource, in.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(resource + " cannot be read", e);
        }
    }

    void send(ServerRequest request, ServerResponse response) {
        boolean gzip = packed.length < content.length && takesGzip(request);
        String itsTag = '"' + tag + (gzip ? "-gzip" : "") + '"';
        response.header(POLICY);
        response.header(NO_REFERRER);
        response.header(REVALIDATE);
        response.header(VARY);
        response.header(HeaderNames.ETAG, itsTag);
        if (isKnown(request, itsTag)) {
            Answers.notModified(response);
            return;
        }
        if (gzip) {
            response.header(GZIP);
        }
        Answers.send(request, response, Status.OK_200, type, gzip ? packed : content);
    }

    private static boolean takesGzip(ServerRequest request) {
        return request.headers().contains(HeaderNames.ACCEPT_ENCODING)
                && request.headers().get(HeaderNames.ACCEPT_ENCODING).allValues().stream()
                        .flatMap(value -> Stream.of(value.split(",")))
                        .map(coding -> coding.strip().toLowerCase(Locale.ROOT))
                        .anyMatch(coding -> coding.matches("(gzip|\\*)(;\\s*q=(?!0(\\.0*)?$).*)?"));
    }

    /** Compared weakly, as RFC 9110 wants it here. */
    private static boolean isKnown(ServerRequest request, String itsTag) {
        return request.headers().contains(HeaderNames.IF_NONE_MATCH)
                && request.headers().get(HeaderNames.IF_NONE_MATCH).allValues().stream()
                        .flatMap(value -> Stream.of(value.split(",")))
                        .map(known -> known.strip().replaceFirst("^W/", ""))
                        .anyMatch(known -> known.equals(itsTag) || known.equals("*"));
    }

    private static byte[] packed(byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length / 2 + 32);
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toByteArray();
    }

    private static String tag(byte[] content) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash).substring(0, 22);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String typeOf(String name) {
        return TYPES.getOrDefault(ending(name), "application/octet-stream");
    }

    private static String ending(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
