package dev.millrace.testing.fault;

import static org.junit.jupiter.api.Assumptions.abort;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small disk of its own: an ext4 file system in a file, mounted until it is closed. */
public final class LoopDisk implements AutoCloseable {
    private final Path mounted;
    private final Path filler;

    private LoopDisk(Path mounted) {
        this.mounted = mounted;
        this.filler = mounted.resolve("filler");
    }

    /**
     * Skips the test, by name of what is missing, where none can be mounted.
     *
     * @param folder an empty one, for the image
     */
    public static LoopDisk mount(Path folder, int mebibytes) {
        FaultTool.LOOP_MOUNT
                .missing()
                .ifPresent(missing -> abort("not tested, as there is no " + missing));
        Path image = folder.resolve("image");
        Path mounted = folder.resolve("disk");
        try {
            Files.createDirectories(mounted);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        run("truncate", "-s", mebibytes + "M", image.toString());
        run("mkfs.ext4", "-q", "-m", "0", image.toString());
        run("mount", "-o", "loop", image.toString(), mounted.toString());
        return new LoopDisk(mounted);
    }

    /** Where it is. */
    public Path path() {
        return mounted;
    }

    public long freeBytes() {
        return mounted.toFile().getUsableSpace();
    }

    /** Takes some of the room that is left. */
    public void take(int bytes) {
        try (OutputStream file = Files.newOutputStream(filler, CREATE, APPEND)) {
            file.write(new byte[bytes]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes all the room that is left, to the last byte. */
    public void fill() {
        for (int block : new int[] {1 << 16, 1}) {
            try (OutputStream file = Files.newOutputStream(filler, CREATE, APPEND)) {
                byte[] bytes = new byte[block];
                while (true) {
                    file.write(bytes);
                }
            } catch (IOException full) {
                // Which is what it is for.
            }
        }
    }

    /** Gives the room back. */
    public void empty() {
        try {
            Files.deleteIfExists(filler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            int exitCode = process.waitFor();
            if (exitCode != 0) {
                throw new IllegalStateException(
                        "%s ended with %d: %s"
                                .formatted(String.join(" ", command), exitCode, output.strip()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        run("umount", mounted.toString());
    }
}
