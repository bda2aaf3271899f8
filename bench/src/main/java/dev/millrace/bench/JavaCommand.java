package dev.millrace.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * How a JVM is started. What the user asks for in {@code MILLRACE_JAVA_OPTS}, as for the {@code
 * millrace} script, comes behind our own options and holds for contestants and servers alike.
 */
final class JavaCommand {
    private static final List<String> COMMON =
            List.of(
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-XX:+UseCompactObjectHeaders",
                    "-XX:InitialRAMPercentage=0.5");

    /**
     * All have the same heap and collector. The heap is touched at the start, or it would count how
     * fast the system clears its pages.
     */
    private static final List<String> HEAP =
            List.of("-Xms4g", "-Xmx4g", "-XX:+AlwaysPreTouch", "-XX:+UseG1GC");

    /** What Flink and Jet ask for. */
    private static final List<String> OPENINGS =
            List.of(
                    "--add-opens=java.base/java.lang=ALL-UNNAMED",
                    "--add-opens=java.base/java.nio=ALL-UNNAMED",
                    "--add-opens=java.base/java.time=ALL-UNNAMED",
                    "--add-opens=java.base/java.util=ALL-UNNAMED",
                    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                    "--add-opens=java.management/sun.management=ALL-UNNAMED",
                    "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED");

    private JavaCommand() {}

    /** {@code java} with the options that {@code millrace} gives a server. */
    static List<String> ofServer() {
        return of(List.of());
    }

    /** The same with the heap of every contestant. */
    static List<String> withHeap() {
        return of(HEAP);
    }

    /** {@code java} with the options of every contestant. */
    static List<String> ofContestant() {
        return of(Stream.concat(HEAP.stream(), OPENINGS.stream()).toList());
    }

    /** What the user asks for beside them; empty if nothing. */
    static String asked() {
        return System.getenv().getOrDefault("MILLRACE_JAVA_OPTS", "").strip();
    }

    private static List<String> of(List<String> further) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(COMMON);
        command.addAll(further);
        command.addAll(asked().isEmpty() ? List.of() : List.of(asked().split("\\s+")));
        return command;
    }
}
