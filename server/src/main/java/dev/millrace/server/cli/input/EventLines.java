package dev.millrace.server.cli.input;

import java.io.ByteArrayOutputStream;

/** Writes one line of an input as one line of NDJSON, without the line feed. */
public interface EventLines {
    /** Appends what is to be sent for a line. */
    void write(byte[] line, long number, ByteArrayOutputStream out);

    /** Lines that are events already: sent as they are. */
    static EventLines ndjson() {
        return (line, _, out) -> out.writeBytes(line);
    }

    /** Lines of an access log: page views of {@code source}. */
    static EventLines combined(String source) {
        return new AccessLogEvents(source);
    }
}
