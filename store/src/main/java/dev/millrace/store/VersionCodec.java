package dev.millrace.store;

import dev.millrace.core.port.PipelineVersion;
import dev.millrace.core.port.StorageException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * The stored form of a pipeline's version, big-endian: created {@code i64}, definition, number of
 * files {@code i32}, each as name and content, number of aggregates {@code i32}, each as name and
 * state number {@code i32}. A text is its length {@code i32} and UTF-8. The version number is in
 * the key.
 */
final class VersionCodec {
    private VersionCodec() {}

    static byte[] encode(PipelineVersion version) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(version.createdAtMs());
            writeText(out, version.definition());
            out.writeInt(version.files().size());
            for (Map.Entry<String, String> it : new TreeMap<>(version.files()).entrySet()) {
                writeText(out, it.getKey());
                writeText(out, it.getValue());
            }
            out.writeInt(version.aggregates().size());
            for (Map.Entry<String, Integer> it : new TreeMap<>(version.aggregates()).entrySet()) {
                writeText(out, it.getKey());
                out.writeInt(it.getValue());
            }
        } catch (IOException impossible) {
            throw new IllegalStateException("writing to memory does not fail", impossible);
        }
        return bytes.toByteArray();
    }

    /**
     * @throws StorageException if {@code bytes} are not what {@link #encode} wrote
     */
    static PipelineVersion decode(int version, byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            long createdAtMs = in.readLong();
            String definition = readText(in);
            Map<String, String> files = new TreeMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                files.put(readText(in), readText(in));
            }
            Map<String, Integer> aggregates = new TreeMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                aggregates.put(readText(in), in.readInt());
            }
            return new PipelineVersion(version, createdAtMs, definition, files, aggregates);
        } catch (IOException | RuntimeException broken) {
            throw new StorageException(
                    "version " + version + " of a pipeline cannot be read: it is broken", broken);
        }
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String readText(DataInputStream in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
