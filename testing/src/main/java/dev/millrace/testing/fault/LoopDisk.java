package dev.millrace.testing.fault;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
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
     * @param folder an empty one, for the image
     */
    public static LoopDisk mount(Path folder, int mebibytes) {
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

    /** Takes all the room that is left. */
    void fill() {
        // It fails when the disk is full, which is what it is for.
        int _ = exitCode("dd", "if=/dev/zero", "of=" + filler, "bs=64k", "conv=fsync");
    }

    /** Gives the room back. */
    void empty() {
        try {
            Files.deleteIfExists(filler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(String... command) {
        int exitCode = exitCode(command);
        if (exitCode != 0) {
            throw new IllegalStateException(String.join(" ", command) + " ended with " + exitCode);
        }
    }

    private static int exitCode(String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            int exitCode = process.waitFor();
            if (exitCode != 0) {
                System.out.println(output.strip());
            }
            return exitCode;
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
