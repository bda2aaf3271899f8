package dev.millrace.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * One program of a row.
 *
 * @param name as it stands in the table; unique in its row
 * @param main its class, started in a process of its own with {@code spec} as arguments
 */
record Contestant(String name, Class<?> main, Spec spec) {
    /** All have the same heap and collector; the openings are those that Flink and Jet ask for. */
    private static final List<String> JVM =
            List.of(
                    "-Xms4g",
                    "-Xmx4g",
                    "-XX:+UseG1GC",
                    "-XX:+UseCompactObjectHeaders",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "--add-opens=java.base/java.lang=ALL-UNNAMED",
                    "--add-opens=java.base/java.nio=ALL-UNNAMED",
                    "--add-opens=java.base/java.time=ALL-UNNAMED",
                    "--add-opens=java.base/java.util=ALL-UNNAMED",
                    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                    "--add-opens=java.management/sun.management=ALL-UNNAMED",
                    "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED");

    List<String> arguments() {
        List<String> arguments = new ArrayList<>(JVM);
        arguments.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        arguments.addAll(spec.arguments());
        return arguments;
    }
}
