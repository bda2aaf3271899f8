package dev.millrace.engine;

import dev.millrace.core.MillraceException;
import dev.millrace.core.connector.SinkItem;
import dev.millrace.core.connector.SinkJson;
import dev.millrace.core.event.Json;
import dev.millrace.core.letter.LetterId;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What one commit puts out to one sink, or a part of that.
 *
 * <p>Stored, version 1, big-endian: version {@code u8}, version of the pipeline {@code i32}, commit
 * time {@code i64}, bytes before it in its outbox {@code i64}, number of items {@code i32}; of each
 * item its kind {@code u8}, with 16 added for one that a replay sends, whose replay and letter
 * follow (length {@code u16} and UTF-8 each), then its JSON (length {@code i32} and bytes). Items
 * have the positions from the entry's own on.
 *
 * @param pipelineVersion the newest that any partition ran
 * @param bytesBefore JSON put out to this sink before, since there is one of its name
 */
record OutboxEntry(int pipelineVersion, long committedAtMs, long bytesBefore, List<Item> items) {
    /** An entry that holds more is cut. */
    static final int ITEMS_MAX = 1_000;

    static final int BYTES_MAX = 1 << 20;

    private static final int VERSION = 1;
    private static final int REPLAYED = 16;
    private static final int BYTES_BEFORE_AT = 1 + Integer.BYTES + Long.BYTES;
    private static final int UNREADABLE_BYTES_SHOWN = 64 << 10;

    /** What an item is. */
    enum Kind {
        ROW(1),
        ALERT(2),
        EVENT(3),
        /** Never stored. */
        UNREADABLE(0);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        private static Kind of(int code) throws IOException {
            for (Kind kind : values()) {
                if (kind.code == code && kind != UNREADABLE) {
                    return kind;
                }
            }
            throw new IOException("no kind of item has the number " + code);
        }
    }

    /** The letter that an item comes from, and the replay that sends it. */
    record Replayed(String replay, LetterId letter) {}

    /**
     * One row, alert or event.
     *
     * @param json shared, not copied
     * @param replayed null for one that is put out for the first time
     */
    record Item(Kind kind, byte[] json, @Nullable Replayed replayed) {
        Item(Kind kind, byte[] json) {
            this(kind, json, null);
        }

        /** What stands for all items of an entry that cannot be read. */
        static Item unreadable(byte[] entry) {
            int shown = Math.min(entry.length, UNREADABLE_BYTES_SHOWN);
            String base64 = Base64.getEncoder().encodeToString(Arrays.copyOf(entry, shown));
            return new Item(Kind.UNREADABLE, Json.encode(Map.of("unreadable", base64)));
        }

        /**
         * As a sink gets it.
         *
         * @throws IllegalArgumentException if it is not what its kind says, as a patch may have it,
         *     or cannot be read
         */
        SinkItem at(long position) {
            return switch (kind) {
                case ROW -> new SinkItem.RowItem(position, SinkJson.row(json), json);
                case ALERT -> new SinkItem.AlertItem(position, SinkJson.alertId(json), json);
                case EVENT -> new SinkItem.EventItem(position, json);
                case UNREADABLE ->
                        throw new IllegalArgumentException(
                                "an entry of the outbox cannot be read; restore a backup if it is"
                                        + " needed");
            };
        }
    }

    OutboxEntry {
        items = List.copyOf(items);
    }

    /** JSON bytes of its items. */
    long bytes() {
        return items.stream().mapToLong(item -> item.json().length).sum();
    }

    /** Whether a replay has sent some of it. */
    boolean hasReplays() {
        return items.stream().anyMatch(item -> item.replayed() != null);
    }

    /** The bytes before an entry that is not decoded; empty if it is of another format. */
    static OptionalLong bytesBefore(byte[] entry) {
        return entry.length >= BYTES_BEFORE_AT + Long.BYTES && entry[0] == VERSION
                ? OptionalLong.of(ByteBuffer.wrap(entry).getLong(BYTES_BEFORE_AT))
                : OptionalLong.empty();
    }

    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) bytes() + 64);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeInt(pipelineVersion);
            out.writeLong(committedAtMs);
            out.writeLong(bytesBefore);
            out.writeInt(items.size());
            for (Item item : items) {
                Replayed replayed = item.replayed();
                out.writeByte(item.kind().code + (replayed == null ? 0 : REPLAYED));
                if (replayed != null) {
                    out.writeUTF(replayed.replay());
                    out.writeUTF(replayed.letter().toString());
                }
                out.writeInt(item.json().length);
                out.write(item.json());
            }
        } catch (IOException impossible) {
            throw new IllegalStateException("writing to memory does not fail", impossible);
        }
        return bytes.toByteArray();
    }

    /**
     * @throws MillraceException if {@code bytes} are not what {@link #encode} wrote
     */
    static OutboxEntry decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw new IOException("it has format " + version + ", not " + VERSION);
            }
            int pipelineVersion = in.readInt();
            long committedAtMs = in.readLong();
            long bytesBefore = in.readLong();
            int count = in.readInt();
            List<Item> items = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                items.add(item(in));
            }
            return new OutboxEntry(pipelineVersion, committedAtMs, bytesBefore, items);
        } catch (IOException broken) {
            throw new MillraceException(
                    "an entry of an outbox cannot be read: " + broken.getMessage(), broken);
        }
    }

    private static Item item(DataInputStream in) throws IOException {
        int code = in.readUnsignedByte();
        Replayed replayed = code >= REPLAYED ? replayed(in.readUTF(), in.readUTF()) : null;
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("a length of " + length + " reaches beyond its end");
        }
        return new Item(Kind.of(code % REPLAYED), in.readNBytes(length), replayed);
    }

    private static Replayed replayed(String replay, String letter) throws IOException {
        LetterId id =
                LetterId.parse(letter).orElseThrow(() -> new IOException("no letter: " + letter));
        return new Replayed(replay, id);
    }
}
