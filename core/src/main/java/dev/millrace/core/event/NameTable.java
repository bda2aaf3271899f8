package dev.millrace.core.event;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;

/**
 * Finds a child by the bytes of its name: open addressing over the first eight bytes and the
 * length, so that a name nobody asked for costs one multiplication and one comparison. Immutable.
 */
final class NameTable {
    private static final long MIX = 0x9E3779B97F4A7C15L;

    private final Projection.@Nullable Node[] nodes;
    private final long[] heads;
    private final int shift;

    NameTable(List<Projection.Node> children) {
        int bits = Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(children.size() * 2));
        nodes = new Projection.Node[1 << bits];
        heads = new long[1 << bits];
        shift = Long.SIZE - bits;
        for (Projection.Node child : children) {
            byte[] name = child.utf8;
            long head = Bytes.head(name, 0, name.length);
            int at = slot(head, name.length);
            while (nodes[at] != null) {
                at = next(at);
            }
            nodes[at] = child;
            heads[at] = head;
        }
    }

    /**
     * @param head {@link Bytes#head} of the name, which the scanner has at hand
     */
    Projection.@Nullable Node find(byte[] bytes, int start, int length, long head) {
        for (int at = slot(head, length); ; at = next(at)) {
            Projection.Node node = nodes[at];
            if (node == null) {
                return null;
            }
            byte[] name = node.utf8;
            if (heads[at] == head
                    && name.length == length
                    && (length <= Long.BYTES
                            || Arrays.equals(
                                    name,
                                    Long.BYTES,
                                    length,
                                    bytes,
                                    start + Long.BYTES,
                                    start + length))) {
                return node;
            }
        }
    }

    private int slot(long head, int length) {
        return (int) ((head + length) * MIX >>> shift);
    }

    private int next(int at) {
        return at + 1 & nodes.length - 1;
    }
}
