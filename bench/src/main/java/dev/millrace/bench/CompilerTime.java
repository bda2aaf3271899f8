package dev.millrace.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Processor time of the threads by which a JVM compiles, as Linux counts it. A JVM that compiles
 * while it is measured was not warm.
 */
final class CompilerTime {
    private static final String THREAD = "CompilerThre";
    private static final double TICKS_PER_SECOND = 100;

    /** Where user time and system time stand behind the name of a thread. */
    private static final int USER = 11;

    private CompilerTime() {}

    /**
     * So far, in seconds.
     *
     * @return 0 where there is no {@code /proc}
     */
    static double seconds(long process) {
        Path threads = Path.of("/proc", Long.toString(process), "task");
        if (!Files.isDirectory(threads)) {
            return 0;
        }
        try (Stream<Path> all = Files.list(threads)) {
            return all.mapToDouble(thread -> ofCompiler(thread.resolve("stat"))).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double ofCompiler(Path stat) {
        try {
            String line = Files.readString(stat);
            int behindName = line.lastIndexOf(')') + 2;
            if (!line.substring(0, behindName).contains(THREAD)) {
                return 0;
            }
            List<String> numbers = List.of(line.substring(behindName).split(" "));
            return (Long.parseLong(numbers.get(USER)) + Long.parseLong(numbers.get(USER + 1)))
                    / TICKS_PER_SECOND;
        } catch (IOException ended) {
            // The thread is gone; a compiler's time goes with it, which is why few are let end.
            return 0;
        }
    }
}
