package dev.millrace.server.cli.input;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Makes page views of the lines of an access log. A line that is not in the combined format goes
 * out as it is: it is no event, and the server keeps it among the dead letters byte for byte.
 */
final class AccessLogEvents implements EventLines {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int ID_BYTES = 16;

    private final String source;
    private final MessageDigest sha256;

    AccessLogEvents(String source) {
        this.source = source;
        try {
            this.sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public void write(byte[] line, long number, ByteArrayOutputStream out) {
        Optional<AccessLogLine> parsed = AccessLogLine.parse(line);
        if (parsed.isPresent()) {
            write(parsed.get(), id(line, number), out);
        } else {
            out.writeBytes(line);
        }
    }

    private void write(AccessLogLine line, String id, ByteArrayOutputStream out) {
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            json.writeStringProperty("id", id);
            json.writeStringProperty("type", "page_view");
            json.writeStringProperty("source", source);
            json.writeNumberProperty("timestamp", line.timestampMs());
            json.writeObjectPropertyStart("data");
            write(json, "ip", line.ip());
            write(json, "user", line.user());
            write(json, "method", line.method());
            write(json, "path", line.path());
            write(json, "query", line.query());
            write(json, "protocol", line.protocol());
            write(json, "status", line.status());
            write(json, "bytes", line.bytes());
            write(json, "referrer", line.referrer());
            write(json, "ua", line.ua());
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    private static void write(JsonGenerator json, String name, @Nullable String text) {
        if (text == null) {
            json.writeNullProperty(name);
        } else {
            json.writeStringProperty(name, text);
        }
    }

    private static void write(JsonGenerator json, String name, @Nullable Long number) {
        if (number == null) {
            json.writeNullProperty(name);
        } else {
            json.writeNumberProperty(name, number);
        }
    }

    /**
     * The same line at the same place of the same source has the same id, so a file that is sent
     * again counts once. The first 128 bits of SHA-256 over the three, with a zero byte between.
     */
    private String id(byte[] line, long number) {
        sha256.update(source.getBytes(StandardCharsets.UTF_8));
        sha256.update((byte) 0);
        sha256.update(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
        sha256.update((byte) 0);
        return HexFormat.of().formatHex(sha256.digest(line), 0, ID_BYTES);
    }
}
