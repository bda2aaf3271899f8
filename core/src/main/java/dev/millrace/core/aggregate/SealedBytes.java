package dev.millrace.core.aggregate;

import dev.millrace.core.MillraceException;

import java.lang.foreign.MemorySegment;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.function.Function;
import java.util.zip.CRC32C;

/**
 * The stored form of a sketch that DataSketches wrote: a byte that names the form, a CRC-32C of the
 * rest, big-endian, and the library's own bytes, whose format it keeps readable from version to
 * version. The checksum is there because the library believes what it reads: damage would come out
 * as a wrong number, an exception of any kind, or an array of two billion elements.
 */
final class SealedBytes {
    private SealedBytes() {}

    static byte[] seal(byte form, byte[] body) {
        ByteBuffer out = ByteBuffer.allocate(1 + Integer.BYTES + body.length);
        return out.put(form).putInt(checksum(ByteBuffer.wrap(body))).put(body).array();
    }

    /**
     * @param sealed behind the byte that names the form
     * @param reader of the library's bytes; what it throws is taken for damage
     * @throws MillraceException if the bytes are not what was sealed
     */
    static <S> S open(ByteBuffer sealed, Function<MemorySegment, S> reader) {
        try {
            int checksum = sealed.getInt();
            if (checksum(sealed.duplicate()) != checksum) {
                throw damaged("its checksum is wrong");
            }
            return reader.apply(MemorySegment.ofBuffer(sealed));
        } catch (MillraceException known) {
            throw known;
        } catch (BufferUnderflowException cut) {
            throw damaged("it is cut short");
        } catch (RuntimeException refused) {
            throw new MillraceException("a stored sketch cannot be read by DataSketches", refused);
        }
    }

    /** For bytes that cannot have been written by this version of the software. */
    static MillraceException damaged(String why) {
        return new MillraceException("a stored sketch has an unknown format or is broken: " + why);
    }

    private static int checksum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
