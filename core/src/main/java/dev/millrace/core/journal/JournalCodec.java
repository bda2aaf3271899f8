package dev.millrace.core.journal;

import dev.millrace.core.MillraceException;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterRef;
import dev.millrace.core.letter.Origin;

import org.jspecify.annotations.Nullable;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * The bytes of a journal record, big-endian: kind {@code u8}, received-at {@code i64}, then
 *
 * <ul>
 *   <li>events, and events that are history: version {@code i32}, received {@code i32}, rejected
 *       {@code i32}, payload to the end; of either another kind whose payload is {@link
 *       PackedPayload packed};
 *   <li>change: version {@code i32}, from when on to backfill {@code i64}, the least where not;
 *   <li>discard: name as length {@code i32} and UTF-8, number of letters {@code i32}, each as time
 *       {@code i64}, partition {@code u16}, sequence {@code i64};
 *   <li>replay: the same, each letter followed by its origin's offset and part {@code i64}, then
 *       the patch as length {@code i32} and bytes, length −1 where there is none;
 *   <li>advance: to {@code i64};
 *   <li>readmission: version {@code i32}, letters {@code i32}, name likewise, each letter's receipt
 *       {@code i64} and source as length {@code i32} and UTF-8, payload to the end.
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
    private static final byte READMISSION = 7;
    private static final byte PACKED_EVENTS = 8;
    private static final byte PACKED_HISTORY = 9;

    private static final int COMMON_BYTES = 1 + Long.BYTES;
    private static final int EVENTS_HEADER_BYTES = COMMON_BYTES + 3 * Integer.BYTES;

    /** Where the number stands that says how wide a record with events is. */
    private static final int EVENTS_AT = COMMON_BYTES + Integer.BYTES;

    private static final int NONE = -1;
    private static final long NEVER = Long.MIN_VALUE;
    private static final int NAMED_BYTES = COMMON_BYTES + 2 * Integer.BYTES;
    private static final int ORIGIN_BYTES = 2 * Long.BYTES;
    private static final int REFUSED_BYTES = Long.BYTES + Integer.BYTES;
    private static final int LETTER_BYTES = Long.BYTES + Short.BYTES + Long.BYTES;

    private JournalCodec() {}

    public static byte[] encode(JournalRecord record) {
        return switch (record) {
            case JournalRecord.Events events ->
                    encodeEvents(
                            events.receivedAtMs(),
                            events.version(),
                            events.received(),
                            events.rejected(),
                            events.history(),
                            ByteBuffer.wrap(events.payload()));
            case JournalRecord.Change change -> change(change);
            case JournalRecord.Replay replay -> replay(replay);
            case JournalRecord.Readmission readmission -> readmission(readmission);
            case JournalRecord.Discard discard -> discard(discard);
            case JournalRecord.Advance advance ->
                    begin(ADVANCE, advance, COMMON_BYTES + Long.BYTES)
                            .putLong(advance.toMs())
                            .array();
        };
    }

    /**
     * The bytes of an {@link JournalRecord.Events} record.
     *
     * @param payload backed by an array; packed if that makes it clearly smaller
     */
    public static byte[] encodeEvents(
            long receivedAtMs,
            int version,
            int received,
            int rejected,
            boolean history,
            ByteBuffer payload) {
        ByteBuffer packed = PackedPayload.pack(payload, EVENTS_HEADER_BYTES);
        return Objects.requireNonNullElseGet(packed, () -> behindHeader(payload))
                .put(kindOf(history, packed != null))
                .putLong(receivedAtMs)
                .putInt(version)
                .putInt(received)
                .putInt(rejected)
                .array();
    }

    private static ByteBuffer behindHeader(ByteBuffer payload) {
        int length = payload.remaining();
        return ByteBuffer.allocate(EVENTS_HEADER_BYTES + length)
                .put(EVENTS_HEADER_BYTES, payload, payload.position(), length);
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
                case EVENTS, HISTORY, PACKED_EVENTS, PACKED_HISTORY -> {
                    int version = in.getInt();
                    int received = in.getInt();
                    int rejected = in.getInt();
                    boolean history = kind == HISTORY || kind == PACKED_HISTORY;
                    boolean isPacked = kind == PACKED_EVENTS || kind == PACKED_HISTORY;
                    yield new JournalRecord.Events(
                            receivedAtMs,
                            version,
                            received,
                            rejected,
                            history,
                            isPacked ? PackedPayload.unpack(in) : rest(in));
                }
                case CHANGE ->
                        new JournalRecord.Change(
                                receivedAtMs, in.getInt(), backfillFrom(in.getLong()));
                case REPLAY ->
                        new JournalRecord.Replay(receivedAtMs, name(in), refs(in), patch(in));
                case READMISSION -> {
                    int version = in.getInt();
                    int letters = in.getInt();
                    String replay = name(in);
                    yield new JournalRecord.Readmission(
                            receivedAtMs, version, replay, refused(in, letters), rest(in));
                }
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
        return switch (bytes[0]) {
            case EVENTS, HISTORY, PACKED_EVENTS, PACKED_HISTORY, READMISSION ->
                    Math.max(1, ByteBuffer.wrap(bytes).getInt(EVENTS_AT));
            default -> 1;
        };
    }

    /** What the record takes once it is decoded: its bytes, or those that they unpack to. */
    public static long decodedBytes(byte[] bytes) {
        return switch (bytes[0]) {
            case PACKED_EVENTS, PACKED_HISTORY ->
                    Math.max(bytes.length, ByteBuffer.wrap(bytes).getInt(EVENTS_HEADER_BYTES));
            default -> bytes.length;
        };
    }

    private static byte kindOf(boolean history, boolean isPacked) {
        if (isPacked) {
            return history ? PACKED_HISTORY : PACKED_EVENTS;
        }
        return history ? HISTORY : EVENTS;
    }

    private static ByteBuffer begin(byte kind, JournalRecord record, int size) {
        return ByteBuffer.allocate(size).put(kind).putLong(record.receivedAtMs());
    }

    private static byte[] change(JournalRecord.Change change) {
        return begin(CHANGE, change, COMMON_BYTES + Integer.BYTES + Long.BYTES)
                .putInt(change.version())
                .putLong(change.backfillFromMs().orElse(NEVER))
                .array();
    }

    private static OptionalLong backfillFrom(long fromMs) {
        return fromMs == NEVER ? OptionalLong.empty() : OptionalLong.of(fromMs);
    }

    private static byte[] discard(JournalRecord.Discard discard) {
        byte[] name = discard.request().getBytes(StandardCharsets.UTF_8);
        List<LetterId> letters = discard.letters();
        byte[] bytes = new byte[NAMED_BYTES + name.length + letters.size() * LETTER_BYTES];
        ByteBuffer out = ByteBuffer.wrap(bytes).put(DISCARD).putLong(discard.receivedAtMs());
        out.putInt(name.length).put(name).putInt(letters.size());
        letters.forEach(letter -> put(letter, out));
        return bytes;
    }

    private static byte[] replay(JournalRecord.Replay replay) {
        byte[] name = replay.replay().getBytes(StandardCharsets.UTF_8);
        byte[] patch = replay.patch() == null ? new byte[0] : replay.patch();
        List<LetterRef> letters = replay.letters();
        int lettersLength = letters.size() * (LETTER_BYTES + ORIGIN_BYTES);
        byte[] bytes =
                new byte[NAMED_BYTES + name.length + lettersLength + Integer.BYTES + patch.length];
        ByteBuffer out = ByteBuffer.wrap(bytes).put(REPLAY).putLong(replay.receivedAtMs());
        out.putInt(name.length).put(name).putInt(letters.size());
        for (LetterRef letter : letters) {
            put(letter.id(), out);
            out.putLong(letter.origin().offset()).putLong(letter.origin().part());
        }
        out.putInt(replay.patch() == null ? NONE : patch.length).put(patch);
        return bytes;
    }

    private static byte[] readmission(JournalRecord.Readmission readmission) {
        byte[] name = readmission.replay().getBytes(StandardCharsets.UTF_8);
        byte[] payload = readmission.payload();
        List<byte[]> sources = new ArrayList<>();
        int size = NAMED_BYTES + Integer.BYTES + name.length + payload.length;
        for (JournalRecord.Readmission.Refused letter : readmission.letters()) {
            byte[] source = letter.source().getBytes(StandardCharsets.UTF_8);
            sources.add(source);
            size += REFUSED_BYTES + source.length;
        }
        byte[] bytes = new byte[size];
        ByteBuffer out =
                ByteBuffer.wrap(bytes).put(READMISSION).putLong(readmission.receivedAtMs());
        out.putInt(readmission.version()).putInt(sources.size());
        out.putInt(name.length).put(name);
        for (int i = 0; i < sources.size(); i++) {
            out.putLong(readmission.letters().get(i).receivedAtMs());
            out.putInt(sources.get(i).length).put(sources.get(i));
        }
        out.put(payload);
        return bytes;
    }

    private static List<JournalRecord.Readmission.Refused> refused(ByteBuffer in, int count) {
        if (count < 0 || count > in.remaining() / REFUSED_BYTES) {
            throw new IllegalArgumentException("no number of letters: " + count);
        }
        List<JournalRecord.Readmission.Refused> letters = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            letters.add(new JournalRecord.Readmission.Refused(in.getLong(), name(in)));
        }
        return letters;
    }

    private static byte[] rest(ByteBuffer in) {
        byte[] bytes = new byte[in.remaining()];
        in.get(bytes);
        return bytes;
    }

    private static void put(LetterId id, ByteBuffer out) {
        out.putLong(id.timeMs()).putShort((short) id.partition()).putLong(id.sequence());
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
            ids.add(letter(in));
        }
        return ids;
    }

    private static List<LetterRef> refs(ByteBuffer in) {
        int count = in.getInt();
        List<LetterRef> refs = new ArrayList<>(Math.min(count, 1024));
        for (int i = 0; i < count; i++) {
            refs.add(new LetterRef(letter(in), new Origin(in.getLong(), in.getLong())));
        }
        return refs;
    }

    private static LetterId letter(ByteBuffer in) {
        return new LetterId(in.getLong(), Short.toUnsignedInt(in.getShort()), in.getLong());
    }

    private static byte @Nullable [] patch(ByteBuffer in) {
        int length = in.getInt();
        if (length == NONE) {
            return null;
        }
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("a length of " + length + " reaches beyond its end");
        }
        byte[] patch = new byte[length];
        in.get(patch);
        return patch;
    }
}
