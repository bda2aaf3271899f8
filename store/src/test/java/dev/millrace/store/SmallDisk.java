package dev.millrace.store;

import static org.junit.jupiter.api.Assumptions.abort;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** An ext4 file system of 64 MiB of its own, in a file that is mounted. Unmounted when closed. */
final class SmallDisk implements AutoCloseable {
    private static final int BYTES = 64 << 20;

    private final Path root;

    private SmallDisk(Path root) {
        this.root = root;
    }

    /** Skips the test where there is none to be had. */
    static SmallDisk mount(Path folder) throws IOException {
        Path image = folder.resolve("disk.img");
        Path root = Files.createDirectory(folder.resolve("disk"));
        try (OutputStream file = Files.newOutputStream(image)) {
            file.write(new byte[BYTES]);
        }
        run("make an ext4 file system", "mkfs.ext4", "-q", "-m", "0", image.toString());
        run(
                "mount a file, which takes root and a loop device",
                "mount",
                "-o",
                "loop",
                image.toString(),
                root.toString());
        return new SmallDisk(root);
    }

    Path root() {
        return root;
    }

    long freeBytes() throws IOException {
        return Files.getFileStore(root).getUsableSpace();
    }

    /** Leaves so many bytes free, to a block or two. */
    void fillUpTo(long freeBytes) throws IOException {
        try (OutputStream file = Files.newOutputStream(filler(), CREATE, APPEND)) {
            byte[] block = new byte[4096];
            while (freeBytes() > freeBytes + block.length) {
                file.write(block);
            }
            if (freeBytes == 0) {
                byte[] one = new byte[1];
                while (true) {
                    file.write(one);
                }
            }
        } catch (IOException full) {
            if (freeBytes > 0) {
                throw full;
            }
        }
    }

    /** Removes what {@link #fillUpTo} wrote. */
    void makeRoom() throws IOException {
        Files.delete(filler());
    }

    private Path filler() {
        return root.resolve("filler");
    }

    private static void run(String what, String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
            if (process.waitFor() != 0) {
                abort("needs to " + what + ": " + output);
            }
        } catch (IOException missing) {
            abort("needs to " + what + ": " + missing.getMessage());
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Override
    public void close() {
        run("unmount it", "umount", root.toString());
    }
}
