package dev.millrace.bench;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What a run was made on. */
final class Machine {
    private static final int TIMES = 5;
    private static final int CALLS = 100_000;
    private static final int PAGES = 16_384;
    private static final int PAGE_BYTES = 4_096;

    private Machine() {}

    /**
     * Processor, memory, system, what the system's kernel costs, the kind of disk, and the JVM with
     * what the user gives it, in one line without a date.
     */
    static String line() throws IOException {
        return String.format(
                Locale.ROOT,
                "%d × %s, %d GiB, %s %s (%.2f µs to read a byte from Java, %.2f to touch a"
                        + " page), %s, %s %s, G1 with compact object headers%s",
                Runtime.getRuntime().availableProcessors(),
                value(Path.of("/proc/cpuinfo"), "model name", "unknown processor"),
                memoryGiB(),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                microsToRead(),
                microsToTouch(),
                disk(),
                System.getProperty("java.vm.name"),
                System.getProperty("java.runtime.version"),
                JavaCommand.asked().isEmpty() ? "" : " and " + JavaCommand.asked());
    }

    private static String disk() throws IOException {
        try (TempFolder folder = TempFolder.create()) {
            return Files.getFileStore(folder.path()).type();
        }
    }

    /** A system call with little behind it, and what the JDK adds. */
    private static double microsToRead() throws IOException {
        try (InputStream zeros = Files.newInputStream(Path.of("/dev/zero"))) {
            return micros(
                    CALLS,
                    () -> {
                        for (int i = 0; i < CALLS; i++) {
                            int _ = zeros.read();
                        }
                    });
        }
    }

    /** The first touch of a page of memory, which the kernel finds and clears. */
    private static double microsToTouch() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return micros(PAGES, () -> arena.allocate((long) PAGES * PAGE_BYTES));
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    /** What a part of some work takes, by the fastest of some times. */
    private static double micros(int parts, Work work) throws IOException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < TIMES; i++) {
            long begin = System.nanoTime();
            work.run();
            least = Math.min(least, System.nanoTime() - begin);
        }
        return least / 1e3 / parts;
    }

    private static long memoryGiB() throws IOException {
        String kibibytes = value(Path.of("/proc/meminfo"), "MemTotal", "0");
        return Math.round(Long.parseLong(kibibytes.replaceAll("\\D", "")) / (double) (1 << 20));
    }

    private static String value(Path file, String name, String otherwise) throws IOException {
        if (!Files.exists(file)) {
            return otherwise;
        }
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(otherwise);
    }
}
