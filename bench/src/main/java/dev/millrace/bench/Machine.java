package dev.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a run was made on. */
final class Machine {
    private Machine() {}

    /** Processor, memory, system and JVM, in one line without a date. */
    static String line() throws IOException {
        return "%d × %s, %d GiB, %s %s, %s %s, G1 with compact object headers"
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        value(Path.of("/proc/cpuinfo"), "model name", "unknown processor"),
                        memoryGiB(),
                        System.getProperty("os.name"),
                        System.getProperty("os.version"),
                        System.getProperty("java.vm.name"),
                        System.getProperty("java.runtime.version"));
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
