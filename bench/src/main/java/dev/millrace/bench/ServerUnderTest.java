package dev.millrace.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A server in a process of its own, on a port that the system chose and a data directory that goes
 * with it.
 */
final class ServerUnderTest implements AutoCloseable {
    private static final Pattern READY = Pattern.compile(" is ready on (http://\\S+)");

    private final Path data;
    private final Process process;
    private final URI address;
    private final double readySeconds;

    private ServerUnderTest(Path data, Process process, URI address, double readySeconds) {
        this.data = data;
        this.process = process;
        this.address = address;
        this.readySeconds = readySeconds;
    }

    /** {@code millrace serve} of this class path. */
    static ServerUnderTest start() throws IOException {
        return start(
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.millrace.server.Main",
                        "serve",
                        "--port",
                        "0",
                        "--data"));
    }

    /** A server of this class path that takes the data directory as its argument. */
    static ServerUnderTest start(Class<?> main) throws IOException {
        return start(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    }

    /**
     * A server that says on which address it is ready.
     *
     * @param arguments of {@code java}, to which the data directory is added as the last
     */
    static ServerUnderTest start(List<String> arguments) throws IOException {
        Path data = Files.createTempDirectory("millrace-bench");
        List<String> command = command(List.of(arguments));
        command.add(data.toString());
        long begin = System.nanoTime();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader output =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher ready = READY.matcher(line);
            if (ready.find()) {
                double seconds = (System.nanoTime() - begin) / 1e9;
                Thread.ofVirtual().start(() -> pass(output));
                return new ServerUnderTest(data, process, URI.create(ready.group(1)), seconds);
            }
            System.err.println(line);
        }
        throw new IOException("the server ended before it was ready");
    }

    /** {@code java} with the options that the server is started with, and further arguments. */
    static List<String> command(List<List<String>> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add("-XX:+UseCompactObjectHeaders");
        String more = System.getenv().getOrDefault("MILLRACE_JAVA_OPTS", "");
        command.addAll(more.isBlank() ? List.of() : List.of(more.split(" ")));
        arguments.forEach(command::addAll);
        return command;
    }

    /** Shows what the server has to say, until it ends. */
    private static void pass(BufferedReader output) {
        try {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                System.err.println(line);
            }
        } catch (IOException ended) {
            System.err.println("the server has ended");
        }
    }

    URI address() {
        return address;
    }

    /** From the start of the process to the line that says it is ready. */
    double readySeconds() {
        return readySeconds;
    }

    /** Processor time of the process so far, all threads. */
    double cpuSeconds() {
        return process.info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    }

    /** Resident memory in MiB, as Linux counts it. */
    long residentMiB() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(-1);
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        process.onExit().join();
        delete(data);
    }

    /** Deletes a directory with all in it. */
    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
