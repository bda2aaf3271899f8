package dev.millrace.core.journal;

import dev.millrace.core.MillraceException;
import dev.millrace.core.letter.LetterId;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The bytes of a journal record, big-endian: kind {@code u8}, received-at {@code i64}, then
 *
 * <ul>
 *   <li>events, and events that are history: version {@code i32}, received {@code i32}, rejected
 *       {@code i32}, payload to the end;
 *   <li>change: version {@code i32};
 *   <li>replay and discard: name as length {@code i32} and UTF-8, number of letters {@code i32},
 *       each as time {@code i64}, partition {@code u16}, sequence {@code i64};
 *   <li>advance: to {@code i64}.
 * </ul>
 *
 * <p>Kinds are never given a new meaning; a changed layout gets a new kind.
 */
public final class JournalCodec {
    private static final byte EVENTS = 1;
    private static final byte CHANGE = 2;
    private static final byte REPLAY = 3;
    private static final byte DISCARD = 4;
    private static final byte ADVANCE = 5;
    private static final byte HISTORY = 6;

    private static final int COMMON_BYTES = 1 + Long.BYTES;
    private static final int EVENTS_HEADER_BYTES = COMMON_BYTES + 3 * Integer.BYTES;
    private static final int RECEIVED_AT = COMMON_BYTES + Integer.BYTES;
    private static final int LETTER_BYTES = Long.BYTES + Short.BYTES + Long.BYTES;

    private JournalCodec() {}

    public static byte[] encode(JournalRecord record) {
        return switch (record) {
            case JournalRecord.Events events -> {
                byte[] payload = events.payload();
                yield begin(kindOf(events.history()), events, EVENTS_HEADER_BYTES + payload.length)
                        .putInt(events.version())
                        .putInt(events.received())
                        .putInt(events.rejected())
                        .put(payload)
                        .array();
            }
            case JournalRecord.Change change ->
                    begin(CHANGE, change, COMMON_BYTES + Integer.BYTES)
                            .putInt(change.version())
                            .array();
            case JournalRecord.Replay replay ->
                    letters(REPLAY, replay, replay.replay(), replay.letters());
            case JournalRecord.Discard discard ->
                    letters(DISCARD, discard, discard.request(), discard.letters());
            case JournalRecord.Advance advance ->
                    begin(ADVANCE, advance, COMMON_BYTES + Long.BYTES)
                            .putLong(advance.toMs())
                            .array();
        };
    }

    /**
     * The bytes of an {@link JournalRecord.Events} record whose payload is written straight into
     * them.
     *
     * @param payload puts exactly {@code payloadLength} bytes
     */
    public static byte[] encodeEvents(
            long receivedAtMs,
            int version,
            int received,
            int rejected,
            boolean history,
            int payloadLength,
            Consumer<ByteBuffer> payload) {
        byte[] bytes = new byte[EVENTS_HEADER_BYTES + payloadLength];
        ByteBuffer out = ByteBuffer.wrap(bytes).put(kindOf(history)).putLong(receivedAtMs);
        payload.accept(out.putInt(version).putInt(received).putInt(rejected));
        return bytes;
    }

    /**
     * @throws MillraceException if the bytes are no record: the journal is damaged, and nothing
     *     after it may be believed
     */
    public static JournalRecord decode(long offset, byte[] bytes) {
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            byte kind = in.get();
            long receivedAtMs = in.getLong();
            return switch (kind) {
                case EVENTS, HISTORY -> {
                    int version = in.getInt();
                    int received = in.getInt();
                    int rejected = in.getInt();
                    byte[] payload = new byte[in.remaining()];
                    in.get(payload);
                    yield new JournalRecord.Events(
                            receivedAtMs, version, received, rejected, kind == HISTORY, payload);
                }
                case CHANGE -> new JournalRecord.Change(receivedAtMs, in.getInt());
                case REPLAY -> new JournalRecord.Replay(receivedAtMs, name(in), letters(in));
                case DISCARD -> new JournalRecord.Discard(receivedAtMs, name(in), letters(in));
                case ADVANCE -> new JournalRecord.Advance(receivedAtMs, in.getLong());
                default ->
                        throw new MillraceException(
                                "journal record " + offset + " is of unknown kind " + kind);
            };
        } catch (BufferUnderflowException | IllegalArgumentException broken) {
            throw new MillraceException("journal record " + offset + " is broken", broken);
        }
    }

    /** The time of receipt alone, without decoding the rest. */
    public static long receivedAtMs(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong(1);
    }

    /** {@link JournalRecord#width} alone, without decoding the rest. */
    public static int width(byte[] bytes) {
        return bytes[0] == EVENTS || bytes[0] == HISTORY
                ? Math.max(1, ByteBuffer.wrap(bytes).getInt(RECEIVED_AT))
                : 1;
    }

    private static byte kindOf(boolean history) {
        return history ? HISTORY : EVENTS;
    }

    private static ByteBuffer begin(byte kind, JournalRecord record, int size) {
        return ByteBuffer.allocate(size).put(kind).putLong(record.receivedAtMs());
    }

    private static byte[] letters(
            byte kind, JournalRecord record, String name, List<LetterId> ids) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        byte[] bytes =
                new byte
                        [COMMON_BYTES
                                + 2 * Integer.BYTES
                                + text.length
                                + ids.size() * LETTER_BYTES];
        ByteBuffer out = ByteBuffer.wrap(bytes).put(kind).putLong(record.receivedAtMs());
        out.putInt(text.length).put(text).putInt(ids.size());
        for (LetterId id : ids) {
            out.putLong(id.timeMs()).putShort((short) id.partition()).putLong(id.sequence());
        }
        return bytes;
    }

    private static String name(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("a length of " + length + " reaches beyond its end");
        }
        byte[] text = new byte[length];
        in.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private static List<LetterId> letters(ByteBuffer in) {
        int count = in.getInt();
        List<LetterId> ids = new ArrayList<>(Math.min(count, 1024));
        for (int i = 0; i < count; i++) {
            ids.add(new LetterId(in.getLong(), Short.toUnsignedInt(in.getShort()), in.getLong()));
        }
        return ids;
    }
}
