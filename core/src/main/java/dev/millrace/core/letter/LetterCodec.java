package dev.millrace.core.letter;

import dev.millrace.core.MillraceException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * The stored form of a dead letter, version 2. Big-endian: version {@code u8}, kind {@code u8},
 * parked {@code u8}, attempts {@code i32}, last failure {@code i64}, pipeline version {@code i32},
 * receipt of the event {@code i64}, origin (offset and part, {@code i64} each), number of
 * aggregates that count it {@code i32} and each {@code i32}, then stage, code, message and source
 * as length {@code i32} and UTF-8, then the original as length and bytes, then the failed form
 * likewise (length −1 where there is none). The id is the key and not repeated.
 */
public final class LetterCodec {
    private static final int VERSION = 2;
    private static final int NONE = -1;

    private LetterCodec() {}

    public static byte[] encode(DeadLetter letter) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(96 + letter.original().length);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeByte(letter.kind().code());
            out.writeBoolean(letter.parked());
            out.writeInt(letter.attempts());
            out.writeLong(letter.lastFailedAtMs());
            out.writeInt(letter.pipelineVersion());
            out.writeLong(letter.receivedAtMs());
            out.writeLong(letter.origin().offset());
            out.writeLong(letter.origin().part());
            out.writeInt(letter.countedBy().size());
            for (int aggregate : letter.countedBy()) {
                out.writeInt(aggregate);
            }
            write(out, letter.stage().getBytes(StandardCharsets.UTF_8));
            write(out, letter.code().getBytes(StandardCharsets.UTF_8));
            write(out, letter.message().getBytes(StandardCharsets.UTF_8));
            write(out, letter.source().getBytes(StandardCharsets.UTF_8));
            write(out, letter.original());
            byte[] failed = letter.failed();
            if (failed == null) {
                out.writeInt(NONE);
            } else {
                write(out, failed);
            }
        } catch (IOException impossible) {
            throw new IllegalStateException("writing to memory does not fail", impossible);
        }
        return bytes.toByteArray();
    }

    /**
     * @throws MillraceException if {@code bytes} are not what {@link #encode} wrote
     */
    public static DeadLetter decode(LetterId id, byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw new IOException("it has format " + version + ", not " + VERSION);
            }
            LetterKind kind = LetterKind.of(in.readUnsignedByte());
            boolean parked = in.readBoolean();
            int attempts = in.readInt();
            long lastFailedAtMs = in.readLong();
            int pipelineVersion = in.readInt();
            long receivedAtMs = in.readLong();
            Origin origin = new Origin(in.readLong(), in.readLong());
            Set<Integer> countedBy = new HashSet<>();
            int counting = in.readInt();
            if (counting < 0) {
                throw new IOException("it is counted by " + counting + " aggregates");
            }
            for (int rest = counting; rest > 0; rest--) {
                countedBy.add(in.readInt());
            }
            String stage = new String(read(in, in.readInt()), StandardCharsets.UTF_8);
            String code = new String(read(in, in.readInt()), StandardCharsets.UTF_8);
            String message = new String(read(in, in.readInt()), StandardCharsets.UTF_8);
            String source = new String(read(in, in.readInt()), StandardCharsets.UTF_8);
            byte[] original = read(in, in.readInt());
            int failedLength = in.readInt();
            byte[] failed = failedLength == NONE ? null : read(in, failedLength);
            return new DeadLetter(
                    id,
                    kind,
                    stage,
                    code,
                    message,
                    attempts,
                    lastFailedAtMs,
                    pipelineVersion,
                    parked,
                    source,
                    receivedAtMs,
                    origin,
                    countedBy,
                    original,
                    failed);
        } catch (IOException | IllegalArgumentException broken) {
            throw new MillraceException(
                    "dead letter " + id + " cannot be read: " + broken.getMessage(), broken);
        }
    }

    private static void write(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] read(DataInputStream in, int length) throws IOException {
        if (length < 0 || length > in.available()) {
            throw new IOException("a length of " + length + " reaches beyond its end");
        }
        return in.readNBytes(length);
    }
}
