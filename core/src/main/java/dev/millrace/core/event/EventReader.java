package dev.millrace.core.event;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Turns bodies into batches in one pass: validates every byte, notes where the projected values
 * stand, checks each event and assigns its partition. Immutable and thread-safe.
 */
public final class EventReader {
    private static final ReadLimits UNLIMITED =
            new ReadLimits(ReadLimits.MAX_EVENT_BYTES, ReadLimits.MAX_DEPTH, Integer.MAX_VALUE);

    private final Projection projection;
    private final Field key;
    private final int partitions;
    private final long maxSkewMs;
    private final ReadLimits limits;
    private final @Nullable EventSchema schema;
    private final boolean identified;

    /**
     * @param key the field that decides the partition; an event where it is missing or null goes by
     *     its id
     * @param maxSkewMs how far a timestamp may be ahead of the receipt
     * @param schema what every event must fulfil besides
     * @throws IllegalArgumentException if the projection does not cover the key
     */
    public EventReader(
            Projection projection,
            FieldPath key,
            int partitions,
            long maxSkewMs,
            ReadLimits limits,
            @Nullable EventSchema schema) {
        this(projection, projection.field(key), partitions, maxSkewMs, limits, schema, false);
    }

    private EventReader(
            Projection projection,
            Field key,
            int partitions,
            long maxSkewMs,
            ReadLimits limits,
            @Nullable EventSchema schema,
            boolean identified) {
        if (partitions < 1) {
            throw new IllegalArgumentException("partitions must be 1 or more, not " + partitions);
        }
        if (maxSkewMs < 0) {
            throw new IllegalArgumentException("maxSkewMs must not be negative: " + maxSkewMs);
        }
        this.projection = projection;
        this.key = key;
        this.partitions = partitions;
        this.maxSkewMs = maxSkewMs;
        this.limits = limits;
        this.schema = schema;
        this.identified = identified;
    }

    /** One whose batches tell the {@link EventBatch#identity} of their events. */
    public EventReader identifying() {
        return new EventReader(projection, key, partitions, maxSkewMs, limits, schema, true);
    }

    public Projection projection() {
        return projection;
    }

    /**
     * Reads a body as sent, decompressed. A byte order mark before it is skipped.
     *
     * @param body kept by the batch, so it must not change any more
     * @param length how much of it counts
     */
    public ReadResult read(byte[] body, int length, BodyFormat format, long receivedAtMs) {
        BodyRead read =
                new BodyRead(
                        body,
                        0,
                        length,
                        format,
                        receivedAtMs,
                        projection,
                        new Partitioner(key, partitions, body),
                        identified,
                        limits,
                        saturatedSum(receivedAtMs, maxSkewMs),
                        schema);
        try {
            switch (format) {
                case JSON -> read.json(0);
                case NDJSON -> read.lines(0);
            }
        } catch (JsonException e) {
            String detail = "%s at byte %d of the body".formatted(e.reason(), e.offset());
            return e.tooLarge()
                    ? new ReadResult.TooLarge(detail)
                    : new ReadResult.Malformed(detail);
        }
        return new ReadResult.Read(read.batch(partitions), read.rejections(), read.received());
    }

    /**
     * A message that {@link #read} finds too large, as an event that is rejected: with its first
     * bytes, as many as an event may have.
     *
     * @param detail why it is
     */
    public ReadResult.Read tooLarge(byte[] message, String detail, long receivedAtMs) {
        byte[] first = Arrays.copyOf(message, Math.min(message.length, limits.maxEventBytes()));
        Rejection rejection =
                Rejection.of(
                        0,
                        null,
                        null,
                        Rejection.Code.INVALID,
                        List.of(new Violation("", detail)),
                        first,
                        false);
        byte[] none = new byte[0];
        BodyRead nothing =
                new BodyRead(
                        none,
                        0,
                        0,
                        BodyFormat.NDJSON,
                        receivedAtMs,
                        projection,
                        new Partitioner(key, partitions, none),
                        identified,
                        limits,
                        receivedAtMs,
                        schema);
        return new ReadResult.Read(nothing.batch(partitions), List.of(rejection), 1);
    }

    /**
     * Checks one event as at admission: form, limits, schema and skew.
     *
     * @return what is wrong with it; empty if it would be accepted
     */
    public Optional<Rejection> check(byte[] json, long receivedAtMs) {
        return check(json, receivedAtMs, saturatedSum(receivedAtMs, maxSkewMs), schema);
    }

    /**
     * Checks an event that was accepted before and is changed by hand: all but the skew. Where the
     * stages have made of it what the schema does not allow, the schema is not asked again.
     *
     * @param before the event as it was
     */
    public Optional<Rejection> checkPatched(byte[] json, byte[] before) {
        boolean bySchema = schema != null && schema.validate(before, 0, before.length).isEmpty();
        return check(json, 0, Long.MAX_VALUE, bySchema ? schema : null);
    }

    private Optional<Rejection> check(
            byte[] json, long receivedAtMs, long maxTimestampMs, @Nullable EventSchema asked) {
        BodyRead read =
                new BodyRead(
                        json,
                        0,
                        json.length,
                        BodyFormat.JSON,
                        receivedAtMs,
                        projection,
                        new Partitioner(key, partitions, json),
                        false,
                        limits,
                        maxTimestampMs,
                        asked);
        try {
            read.one(0);
        } catch (JsonException e) {
            String detail = "%s at byte %d".formatted(e.reason(), e.offset());
            return Optional.of(
                    Rejection.of(
                            0,
                            null,
                            null,
                            Rejection.Code.INVALID,
                            List.of(new Violation("", detail)),
                            json,
                            false));
        }
        return read.rejections().stream().findFirst();
    }

    private static long saturatedSum(long a, long b) {
        long sum = a + b;
        return sum < a ? Long.MAX_VALUE : sum;
    }

    /**
     * Reads the payload of a batch again, perhaps under another projection, key or number of
     * partitions. Limits, skew and schema have been checked before and are not checked again.
     *
     * @param payload kept by the batch, so it must not change any more
     * @throws IllegalStateException if it is no payload
     */
    public EventBatch reread(byte[] payload, int offset, int length, long receivedAtMs) {
        BodyRead read =
                new BodyRead(
                        payload,
                        offset,
                        offset + length,
                        BodyFormat.JSON,
                        receivedAtMs,
                        projection,
                        new Partitioner(key, partitions, payload),
                        identified,
                        UNLIMITED,
                        Long.MAX_VALUE,
                        null);
        try {
            read.payload(offset);
        } catch (JsonException e) {
            throw new IllegalStateException(
                    "stored events are no JSON: %s at byte %d of the payload"
                            .formatted(e.reason(), e.offset() - offset),
                    e);
        }
        if (!read.rejections().isEmpty()) {
            Rejection first = read.rejections().getFirst();
            throw new IllegalStateException(
                    "a stored event is not valid: %s %s"
                            .formatted(first.pointer(), first.detail()));
        }
        return read.batch(partitions);
    }

    /**
     * A batch of one from {@link Event#toJson} or {@link Event#rawJson} of an accepted event.
     *
     * @throws IllegalStateException if it is no single valid event
     */
    public EventBatch one(byte[] json, long receivedAtMs) {
        EventBatch batch = reread(json, 0, json.length, receivedAtMs);
        if (batch.size() != 1) {
            throw new IllegalStateException("one stored event was expected, not " + batch.size());
        }
        return batch;
    }
}
