package dev.millrace.bench;

import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/** What the disk under the data directories takes to have a write. */
final class DiskSync {
    private static final int BYTES = 4 << 10;
    private static final int TIMES = 3_000;

    private DiskSync() {}

    /**
     * The 99th percentile of fdatasync, each after appending 4 KiB to a file, one thread, nothing
     * else going on.
     */
    static double p99Ms() throws IOException {
        Histogram took = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
        Path file = Files.createTempFile("millrace-bench", ".sync");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer page = ByteBuffer.allocateDirect(BYTES);
            for (int i = 0; i < TIMES; i++) {
                page.clear();
                while (page.hasRemaining()) {
                    int _ = channel.write(page);
                }
                long begin = System.nanoTime();
                channel.force(false);
                took.recordValue(System.nanoTime() - begin);
            }
        } finally {
            Files.delete(file);
        }
        return took.getValueAtPercentile(99) / 1e6;
    }
}
