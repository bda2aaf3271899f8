package dev.millrace.core.detect;

import dev.millrace.core.MillraceException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * The stored form of what a detector keeps, version 1, big-endian.
 *
 * <p>An alert: version {@code u8}, direction {@code u8} (0 surge, 1 drop), window start and end of
 * the alert {@code i64} each, then value, baseline and score as doubles.
 *
 * <p>A watched group: version {@code u8}, unseen windows {@code i32}, 1 and its alert (without a
 * version) or 0, then what {@link RecentWindows} and {@link HoursOfWeek} write.
 */
final class StateCodec {
    private static final int VERSION = 1;

    private StateCodec() {}

    static byte[] encode(Excursion excursion) {
        return bytes(out -> write(out, excursion));
    }

    static byte[] encode(WatchedGroup group) {
        return bytes(out -> {
            out.writeInt(group.unseenWindows());
            Excursion excursion = group.excursion();
            out.writeBoolean(excursion != null);
            if (excursion != null) {
                write(out, excursion);
            }
            group.baseline().write(out);
        });
    }

    /**
     * @throws MillraceException if it was not written by {@link #encode(Excursion)}
     */
    static Excursion excursion(byte[] value) {
        return read(value, "alert", StateCodec::readExcursion);
    }

    /**
     * @throws MillraceException if it was not written by {@link #encode(WatchedGroup)}
     */
    static WatchedGroup group(byte[] value) {
        return read(
                value,
                "baseline",
                in -> {
                    int unseen = in.readInt();
                    Excursion excursion = in.readBoolean() ? readExcursion(in) : null;
                    return new WatchedGroup(Baseline.read(in), excursion, unseen);
                });
    }

    private static void write(DataOutputStream out, Excursion excursion) throws IOException {
        out.writeBoolean(excursion.direction() == Direction.DROP);
        out.writeLong(excursion.windowStartMs());
        out.writeLong(excursion.endedAtMs());
        out.writeDouble(excursion.value());
        out.writeDouble(excursion.baseline());
        out.writeDouble(excursion.score());
    }

    private static Excursion readExcursion(DataInputStream in) throws IOException {
        return new Excursion(
                in.readBoolean() ? Direction.DROP : Direction.SURGE,
                in.readLong(),
                in.readLong(),
                in.readDouble(),
                in.readDouble(),
                in.readDouble());
    }

    private interface Writer {
        void write(DataOutputStream out) throws IOException;
    }

    private interface Reader<T> {
        T read(DataInputStream in) throws IOException;
    }

    private static byte[] bytes(Writer writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            writer.write(out);
        } catch (IOException impossible) {
            throw new IllegalStateException("writing to memory does not fail", impossible);
        }
        return bytes.toByteArray();
    }

    private static <T> T read(byte[] value, String what, Reader<T> reader) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(value))) {
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw new IOException("version " + version);
            }
            return reader.read(in);
        } catch (IOException broken) {
            throw new MillraceException(
                    "a stored " + what + " has an unknown format or is broken", broken);
        }
    }
}
