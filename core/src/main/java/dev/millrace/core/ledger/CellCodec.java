package dev.millrace.core.ledger;

import dev.millrace.core.MillraceException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * The stored form of a cell, version 1: version {@code u8}; received, accepted, rejected, taken,
 * duplicate, filtered, dead, discarded, completed, exploded and the number of late counts; then
 * each of those as its aggregate's name (modified UTF-8) and the count. Numbers are zigzag varints:
 * seven bits a byte, the lowest first, the top bit set where more follow.
 */
final class CellCodec {
    private static final byte VERSION = 1;

    private CellCodec() {}

    static byte[] encode(Cell cell) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(32);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            write(out, cell.received());
            write(out, cell.accepted());
            write(out, cell.rejected());
            write(out, cell.taken());
            LedgerCounts outcomes = cell.outcomes();
            write(out, outcomes.duplicate());
            write(out, outcomes.filtered());
            write(out, outcomes.dead());
            write(out, outcomes.discarded());
            write(out, outcomes.completed());
            write(out, outcomes.exploded());
            write(out, outcomes.late().size());
            for (Map.Entry<String, Long> late : new TreeMap<>(outcomes.late()).entrySet()) {
                out.writeUTF(late.getKey());
                write(out, late.getValue());
            }
        } catch (IOException impossible) {
            throw new IllegalStateException("writing to memory does not fail", impossible);
        }
        return bytes.toByteArray();
    }

    /**
     * @throws MillraceException if {@code bytes} are not what {@link #encode} wrote
     */
    static Cell decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw new MillraceException(
                        "a cell of the ledger has format " + version + ", not " + VERSION);
            }
            long received = read(in);
            long accepted = read(in);
            long rejected = read(in);
            long taken = read(in);
            long duplicate = read(in);
            long filtered = read(in);
            long dead = read(in);
            long discarded = read(in);
            long completed = read(in);
            long exploded = read(in);
            Map<String, Long> late = new TreeMap<>();
            for (long rest = read(in); rest > 0; rest--) {
                late.put(in.readUTF(), read(in));
            }
            return new Cell(
                    received,
                    accepted,
                    rejected,
                    taken,
                    new LedgerCounts(
                            duplicate, filtered, dead, discarded, completed, exploded, late));
        } catch (IOException broken) {
            throw new MillraceException("a cell of the ledger is broken", broken);
        }
    }

    private static void write(DataOutputStream out, long number) throws IOException {
        long rest = number << 1 ^ number >> Long.SIZE - 1;
        while ((rest & ~0x7fL) != 0) {
            out.writeByte((int) (rest | 0x80));
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    private static long read(DataInputStream in) throws IOException {
        long zigzag = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int next = in.readUnsignedByte();
            zigzag |= (next & 0x7fL) << shift;
            if (next < 0x80) {
                return zigzag >>> 1 ^ -(zigzag & 1);
            }
        }
        throw new IOException("a number of more than ten bytes");
    }
}
