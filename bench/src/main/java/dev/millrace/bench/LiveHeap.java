package dev.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is reachable in the heap of a process: a full collection goes before. */
public final class LiveHeap {
    /** The last line of a histogram: instances and bytes. */
    private static final Pattern TOTAL = Pattern.compile("Total\\s+\\d+\\s+(\\d+)");

    private LiveHeap() {}

    /**
     * The bytes of all objects. The histogram goes through a file: a process that asks for its own
     * stands still until it is written, and could not read it from a pipe.
     */
    public static long bytes(long pid) throws IOException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        try (TempFolder folder = TempFolder.create()) {
            Path histogram = folder.path().resolve("histogram");
            new ProcessBuilder(jcmd, Long.toString(pid), "GC.class_histogram")
                    .redirectErrorStream(true)
                    .redirectOutput(histogram.toFile())
                    .start()
                    .onExit()
                    .join();
            return Files.readAllLines(histogram).stream()
                    .map(TOTAL::matcher)
                    .filter(Matcher::matches)
                    .mapToLong(total -> Long.parseLong(total.group(1)))
                    .findFirst()
                    .orElseThrow(() -> new IOException("jcmd told no total"));
        }
    }
}
