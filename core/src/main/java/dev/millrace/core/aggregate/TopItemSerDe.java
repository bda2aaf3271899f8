package dev.millrace.core.aggregate;

import org.apache.datasketches.common.ArrayOfItemsSerDe;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How DataSketches is to write items: the length of the key, {@code u16} big-endian, and the key.
 */
final class TopItemSerDe extends ArrayOfItemsSerDe<TopItem> {
    static final TopItemSerDe INSTANCE = new TopItemSerDe();

    private static final ValueLayout.OfShort LENGTH =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private TopItemSerDe() {}

    @Override
    public byte[] serializeToByteArray(TopItem item) {
        return serializeToByteArray(new TopItem[] {item});
    }

    @Override
    public byte[] serializeToByteArray(TopItem[] items) {
        ByteBuffer out = ByteBuffer.allocate(sizeOf(items));
        for (TopItem item : items) {
            out.putShort((short) item.key().length).put(item.key());
        }
        return out.array();
    }

    @Override
    public TopItem[] deserializeFromMemorySegment(MemorySegment bytes, long offset, int count) {
        TopItem[] items = new TopItem[count];
        long at = offset;
        for (int i = 0; i < count; i++) {
            int length = length(bytes, at);
            byte[] key = new byte[length];
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at + Short.BYTES, key, 0, length);
            items[i] = TopItem.decode(key);
            at += Short.BYTES + length;
        }
        return items;
    }

    private static int length(MemorySegment bytes, long at) {
        return Short.toUnsignedInt(bytes.get(LENGTH, at));
    }

    @Override
    public int sizeOf(TopItem item) {
        return Short.BYTES + item.key().length;
    }

    @Override
    public int sizeOf(MemorySegment bytes, long offset, int count) {
        long at = offset;
        for (int i = 0; i < count; i++) {
            at += Short.BYTES + length(bytes, at);
        }
        return Math.toIntExact(at - offset);
    }

    @Override
    public String toString(TopItem item) {
        return item.value().toString();
    }

    @Override
    public Class<TopItem> getClassOfT() {
        return TopItem.class;
    }
}
