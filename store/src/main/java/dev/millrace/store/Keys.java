package dev.millrace.store;

import dev.millrace.core.letter.LetterId;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * All keys, format 3. Integers are big-endian, so that keys sort as their fields do; those that can
 * be negative have the sign bit flipped. A pipeline has a number from 1 up that is never given
 * again.
 *
 * <table>
 *   <caption>Column families and their keys</caption>
 *   <tr><th>family</th><th>key</th><th>value</th></tr>
 *   <tr><td>{@code default}</td><td>0 {@code i32}, 0 {@code u8}</td>
 *       <td>the next pipeline's number {@code i32}</td></tr>
 *   <tr><td>{@code default}</td><td>0 {@code i32}, 4 {@code u8}</td>
 *       <td>the data directory's id, ASCII</td></tr>
 *   <tr><td>{@code default}</td><td>pipeline {@code i32}, 1 {@code u8}</td>
 *       <td>its name, UTF-8</td></tr>
 *   <tr><td>{@code default}</td><td>pipeline {@code i32}, 2 {@code u8}, version {@code i32}</td>
 *       <td>{@link VersionCodec}</td></tr>
 *   <tr><td>{@code default}</td><td>pipeline {@code i32}, 3 {@code u8}</td>
 *       <td>checkpoint</td></tr>
 *   <tr><td>{@code default}</td><td>pipeline {@code i32}, 5 {@code u8}, key of a note, UTF-8</td>
 *       <td>its value</td></tr>
 *   <tr><td>{@code rows}</td>
 *       <td>pipeline {@code i32}, aggregate {@code i32}, window start {@code i64} flipped, group to
 *       the end</td><td>as committed</td></tr>
 *   <tr><td>{@code letters}</td>
 *       <td>pipeline {@code i32}, time {@code i64}, partition {@code u16}, sequence {@code i64}</td>
 *       <td>{@link dev.millrace.core.letter.LetterCodec}</td></tr>
 *   <tr><td>{@code letter-index}</td>
 *       <td>pipeline {@code i32}, 1 {@code u8}, fingerprint {@code i64}, then as in {@code letters}
 *       from the time on</td><td>{@link LetterHeader}</td></tr>
 *   <tr><td>{@code letter-index}</td>
 *       <td>pipeline {@code i32}, 2 {@code u8}, hash of the source {@code i64}, then likewise</td>
 *       <td>{@link LetterHeader}</td></tr>
 *   <tr><td>{@code dedupe}</td>
 *       <td>pipeline {@code i32}, partition {@code i32}, sequence {@code i64}</td>
 *       <td>newest receipt {@code i64}, then the ids, each two {@code i64}</td></tr>
 *   <tr><td>{@code outbox}</td>
 *       <td>pipeline {@code i32}, length {@code u8} and name of the sink, position {@code i64}</td>
 *       <td>as committed</td></tr>
 *   <tr><td>{@code journal-<pipeline>}</td><td>offset {@code i64}</td>
 *       <td>{@link dev.millrace.core.journal.JournalCodec}</td></tr>
 * </table>
 */
final class Keys {
    private static final byte NEXT_PIPELINE = 0;
    private static final byte NAME = 1;
    private static final byte VERSION = 2;
    private static final byte CHECKPOINT = 3;
    private static final byte INSTANCE = 4;
    private static final byte NOTE = 5;

    private static final byte BY_CAUSE = 1;
    private static final byte BY_SOURCE = 2;

    private static final int META_BYTES = Integer.BYTES + 1;
    private static final int WINDOW_AT = 2 * Integer.BYTES;
    private static final int GROUP_AT = WINDOW_AT + Long.BYTES;
    private static final int SEQUENCE_AT = 2 * Integer.BYTES;
    private static final int LETTER_BYTES = Long.BYTES + Short.BYTES + Long.BYTES;

    private Keys() {}

    static byte[] nextPipeline() {
        return meta(0, NEXT_PIPELINE);
    }

    static byte[] instance() {
        return meta(0, INSTANCE);
    }

    /** A key under which nothing ever is. */
    static byte[] nothing() {
        return meta(0, NAME);
    }

    /** What all keys of a pipeline begin with, in every family but its journal. */
    static byte[] pipeline(int pipeline) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(pipeline).array();
    }

    static byte[] name(int pipeline) {
        return meta(pipeline, NAME);
    }

    static boolean isName(byte[] key) {
        return key.length == META_BYTES && key[Integer.BYTES] == NAME;
    }

    static int pipelineOf(byte[] key) {
        return ByteBuffer.wrap(key).getInt();
    }

    /** What the keys of all versions of a pipeline begin with. */
    static byte[] versions(int pipeline) {
        return meta(pipeline, VERSION);
    }

    static byte[] version(int pipeline, int version) {
        return ByteBuffer.allocate(META_BYTES + Integer.BYTES)
                .putInt(pipeline)
                .put(VERSION)
                .putInt(version)
                .array();
    }

    static int versionOf(byte[] key) {
        return ByteBuffer.wrap(key).getInt(META_BYTES);
    }

    static byte[] checkpoint(int pipeline) {
        return meta(pipeline, CHECKPOINT);
    }

    /** Of one note, or what the keys of all notes that begin so begin with. */
    static byte[] note(int pipeline, String key) {
        byte[] text = key.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(META_BYTES + text.length)
                .put(meta(pipeline, NOTE))
                .put(text)
                .array();
    }

    static String noteOf(byte[] key) {
        return new String(key, META_BYTES, key.length - META_BYTES, StandardCharsets.UTF_8);
    }

    static byte[] aggregate(int pipeline, int aggregate) {
        return ByteBuffer.allocate(WINDOW_AT).putInt(pipeline).putInt(aggregate).array();
    }

    /** What all rows of a window begin with, and so not above any of them. */
    static byte[] window(int pipeline, int aggregate, long startMs) {
        return row(pipeline, aggregate, startMs, new byte[0]);
    }

    static byte[] row(int pipeline, int aggregate, long windowStartMs, byte[] group) {
        return ByteBuffer.allocate(GROUP_AT + group.length)
                .putInt(pipeline)
                .putInt(aggregate)
                .putLong(windowStartMs ^ Long.MIN_VALUE)
                .put(group)
                .array();
    }

    static long windowStartOf(byte[] row) {
        return ByteBuffer.wrap(row).getLong(WINDOW_AT) ^ Long.MIN_VALUE;
    }

    static byte[] groupOf(byte[] row) {
        return Arrays.copyOfRange(row, GROUP_AT, row.length);
    }

    static byte[] letter(int pipeline, LetterId id) {
        return ByteBuffer.allocate(Integer.BYTES + LETTER_BYTES)
                .putInt(pipeline)
                .putLong(id.timeMs())
                .putShort((short) id.partition())
                .putLong(id.sequence())
                .array();
    }

    /** Of a letter's key, or of one of its entries in the index. */
    static LetterId letterOf(byte[] key) {
        ByteBuffer in = ByteBuffer.wrap(key).position(key.length - LETTER_BYTES);
        return new LetterId(in.getLong(), Short.toUnsignedInt(in.getShort()), in.getLong());
    }

    /** What all entries of a pipeline in the index by fingerprint begin with. */
    static byte[] lettersByCause(int pipeline) {
        return meta(pipeline, BY_CAUSE);
    }

    /** What the entries of a fingerprint begin with. */
    static byte[] letterCause(int pipeline, long fingerprint) {
        return index(pipeline, BY_CAUSE, fingerprint);
    }

    /** What the entries of a source begin with. */
    static byte[] letterSource(int pipeline, long source) {
        return index(pipeline, BY_SOURCE, source);
    }

    private static byte[] index(int pipeline, byte index, long value) {
        return ByteBuffer.allocate(META_BYTES + Long.BYTES)
                .putInt(pipeline)
                .put(index)
                .putLong(value)
                .array();
    }

    /** The entry of a letter; {@link #letterOf} reads its id. */
    static byte[] indexed(byte[] prefix, LetterId id) {
        return ByteBuffer.allocate(prefix.length + LETTER_BYTES)
                .put(prefix)
                .putLong(id.timeMs())
                .putShort((short) id.partition())
                .putLong(id.sequence())
                .array();
    }

    static byte[] partition(int pipeline, int partition) {
        return ByteBuffer.allocate(SEQUENCE_AT).putInt(pipeline).putInt(partition).array();
    }

    static byte[] block(int pipeline, int partition, long sequence) {
        return ByteBuffer.allocate(SEQUENCE_AT + Long.BYTES)
                .putInt(pipeline)
                .putInt(partition)
                .putLong(sequence)
                .array();
    }

    static int partitionOf(byte[] block) {
        return ByteBuffer.wrap(block).getInt(Integer.BYTES);
    }

    static long sequenceOf(byte[] block) {
        return ByteBuffer.wrap(block).getLong(SEQUENCE_AT);
    }

    /** What the entries of an outbox begin with. */
    static byte[] outbox(int pipeline, String sink) {
        byte[] name = sink.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(META_BYTES + name.length)
                .putInt(pipeline)
                .put((byte) name.length)
                .put(name)
                .array();
    }

    static byte[] outboxEntry(byte[] outbox, long position) {
        return ByteBuffer.allocate(outbox.length + Long.BYTES)
                .put(outbox)
                .putLong(position)
                .array();
    }

    static long positionOf(byte[] outboxEntry) {
        return ByteBuffer.wrap(outboxEntry).getLong(outboxEntry.length - Long.BYTES);
    }

    static byte[] offset(long offset) {
        return ByteBuffer.allocate(Long.BYTES).putLong(offset).array();
    }

    static long offsetOf(byte[] key) {
        return ByteBuffer.wrap(key).getLong();
    }

    /** The key that follows next. */
    static byte[] after(byte[] key) {
        return Arrays.copyOf(key, key.length + 1);
    }

    /**
     * The bound above all keys that begin with {@code prefix}. None of the prefixes here is all
     * ones.
     */
    static byte[] endOf(byte[] prefix) {
        byte[] end = prefix.clone();
        int last = end.length - 1;
        while (++end[last] == 0) {
            last--;
        }
        return end;
    }

    private static byte[] meta(int pipeline, byte kind) {
        return ByteBuffer.allocate(META_BYTES).putInt(pipeline).put(kind).array();
    }
}
