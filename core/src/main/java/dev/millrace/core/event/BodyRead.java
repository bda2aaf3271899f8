package dev.millrace.core.event;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One body being read. Confined to one thread, used once. */
final class BodyRead {
    private static final int BOM_BYTES = 3;

    private final byte[] bytes;
    private final int end;
    private final long receivedAtMs;
    private final Projection projection;
    private final ReadLimits limits;
    private final long maxTimestampMs;
    private final @Nullable EventSchema schema;
    private final JsonScanner scanner;
    private final EventCheck check = new EventCheck();
    private final Partitioner partitioner;
    private final BatchBuilder rows;
    private final List<Rejection> rejections = new ArrayList<>();
    private int received;

    /**
     * @param identified whether the events are to be told from duplicates later
     * @param maxTimestampMs later events are rejected as {@link Rejection.Code#FUTURE}
     */
    BodyRead(
            byte[] bytes,
            int start,
            int end,
            BodyFormat format,
            long receivedAtMs,
            Projection projection,
            Partitioner partitioner,
            boolean identified,
            ReadLimits limits,
            long maxTimestampMs,
            @Nullable EventSchema schema) {
        this.bytes = bytes;
        this.end = end;
        this.receivedAtMs = receivedAtMs;
        this.projection = projection;
        this.partitioner = partitioner;
        this.limits = limits;
        this.maxTimestampMs = maxTimestampMs;
        this.schema = schema;
        this.scanner = new JsonScanner(bytes, end, limits.maxDepth(), format == BodyFormat.NDJSON);
        this.rows = new BatchBuilder(projection, start, end, identified);
    }

    List<Rejection> rejections() {
        return rejections;
    }

    int received() {
        return received;
    }

    EventBatch batch(int partitions) {
        return rows.build(bytes, partitions, receivedAtMs);
    }

    /**
     * One event, or an array of them.
     *
     * @throws JsonException if the body is no JSON or exceeds a limit
     */
    void json(int start) {
        int at = scanner.space(skipBom(start));
        if (at == end) {
            throw JsonException.malformed("the body is empty", at);
        }
        at = scanner.space(bytes[at] == '[' ? array(at) : event(at));
        if (at < end) {
            throw scanner.unexpected(at, "the end of the body");
        }
    }

    /**
     * One value, which is one event if it is any.
     *
     * @throws JsonException if it is no JSON or exceeds a limit
     */
    void one(int start) {
        int at = scanner.space(event(scanner.space(start)));
        if (at < end) {
            throw scanner.unexpected(at, "the end of the event");
        }
    }

    private int array(int start) {
        int at = scanner.space(start + 1);
        if (at < end && bytes[at] == ']') {
            return at + 1;
        }
        while (true) {
            at = scanner.space(event(at));
            if (at < end && bytes[at] == ',') {
                at = scanner.space(at + 1);
            } else if (at < end && bytes[at] == ']') {
                return at + 1;
            } else {
                throw scanner.unexpected(at, "',' or ']'");
            }
        }
    }

    /**
     * One event a line.
     *
     * @throws JsonException if the body is empty or exceeds a limit
     */
    void lines(int start) {
        int at = skipBom(start);
        if (at == end) {
            throw JsonException.malformed("the body is empty", at);
        }
        while ((at = scanner.space(at)) < end) {
            if (bytes[at] != '\n') {
                at = line(at);
            }
            at++;
        }
    }

    /** Returns where the line ends. */
    private int line(int start) {
        try {
            int stop = scanner.event(start, projection.event(), rows.table(start), rows.row());
            int at = scanner.space(stop);
            if (at < end && bytes[at] != '\n') {
                throw scanner.unexpected(at, "the end of the line after one event");
            }
            decide(start, stop);
            return at;
        } catch (JsonException e) {
            if (e.tooLarge()) {
                throw e;
            }
            int at = lineEnd(e.offset());
            count(start, trimmed(start, at));
            String detail =
                    "the line is no JSON: %s at its byte %d"
                            .formatted(e.reason(), e.offset() - start);
            Violation violation = new Violation("", detail);
            reject(
                    null,
                    null,
                    Rejection.Code.INVALID,
                    List.of(violation),
                    start,
                    trimmed(start, at),
                    false);
            return at;
        }
    }

    /** Nothing before {@code from} is a line feed. */
    private int lineEnd(int from) {
        int at = from;
        while (at < end && bytes[at] != '\n') {
            at++;
        }
        return at;
    }

    private int trimmed(int start, int stop) {
        int at = stop;
        while (at > start && bytes[at - 1] <= ' ' && bytes[at - 1] >= 0) {
            at--;
        }
        return at;
    }

    /**
     * Values one after another, with white space or commas between them.
     *
     * @throws JsonException if they are no JSON
     */
    void payload(int start) {
        int at = start;
        while ((at = scanner.space(at)) < end) {
            at = bytes[at] == ',' ? at + 1 : event(at);
        }
    }

    private int event(int start) {
        int stop = scanner.event(start, projection.event(), rows.table(start), rows.row());
        decide(start, stop);
        return stop;
    }

    private void count(int start, int stop) {
        received++;
        if (received > limits.maxEvents()) {
            throw JsonException.tooLarge(
                    "the body holds more than %d events".formatted(limits.maxEvents()), start);
        }
        if (stop - start > limits.maxEventBytes()) {
            throw JsonException.tooLarge(
                    "event %d takes %d bytes; at most %d are allowed"
                            .formatted(received - 1, stop - start, limits.maxEventBytes()),
                    start);
        }
    }

    /** The row holds what was scanned last. */
    private void decide(int start, int stop) {
        count(start, stop);
        int shape = scanner.shape();
        if (scanner.flaw() != null) {
            String pointer = JsonPointers.at(bytes, start, stop, scanner.flawOffset());
            invalid(List.of(new Violation(pointer, scanner.flaw())), start, stop, false);
            return;
        }
        if ((shape & Place.KIND) != Place.OBJECT) {
            Place found = new Place().scanned(bytes, start, stop, shape);
            String detail = "an event must be an object; found " + Found.describe(found);
            invalid(List.of(new Violation("", detail)), start, stop, true);
            return;
        }
        Violation violation = check.violation(bytes, rows);
        if (violation != null) {
            invalid(List.of(violation), start, stop, true);
            return;
        }
        if (schema != null) {
            List<Violation> violations = schema.validate(bytes, start, stop - start);
            if (!violations.isEmpty()) {
                invalid(violations, start, stop, true);
                return;
            }
        }
        if (check.timestampMs() > maxTimestampMs) {
            future(start, stop);
            return;
        }
        int partition = partitioner.partition(rows);
        rows.accept(bytes, start, stop - start, check.timestampMs(), partition);
    }

    private void invalid(List<Violation> violations, int start, int stop, boolean json) {
        String id = json ? check.readable(bytes, rows, Projection.ID, EventCheck.MAX_ID) : null;
        String source =
                json ? check.readable(bytes, rows, Projection.SOURCE, EventCheck.MAX_SOURCE) : null;
        reject(id, source, Rejection.Code.INVALID, violations, start, stop, json);
    }

    private void future(int start, int stop) {
        String detail =
                "timestamp %d is %d ms ahead of the receipt; at most %d ms are allowed"
                        .formatted(
                                check.timestampMs(),
                                check.timestampMs() - receivedAtMs,
                                maxTimestampMs - receivedAtMs);
        String id = check.readable(bytes, rows, Projection.ID, EventCheck.MAX_ID);
        String source = check.readable(bytes, rows, Projection.SOURCE, EventCheck.MAX_SOURCE);
        Violation violation = new Violation("/timestamp", detail);
        reject(id, source, Rejection.Code.FUTURE, List.of(violation), start, stop, true);
    }

    private void reject(
            @Nullable String id,
            @Nullable String source,
            Rejection.Code code,
            List<Violation> violations,
            int start,
            int stop,
            boolean json) {
        byte[] raw = Arrays.copyOfRange(bytes, start, stop);
        rejections.add(Rejection.of(received - 1, id, source, code, violations, raw, json));
        rows.reject();
    }

    private int skipBom(int start) {
        boolean bom =
                end - start >= BOM_BYTES
                        && bytes[start] == (byte) 0xef
                        && bytes[start + 1] == (byte) 0xbb
                        && bytes[start + 2] == (byte) 0xbf;
        return bom ? start + BOM_BYTES : start;
    }
}
