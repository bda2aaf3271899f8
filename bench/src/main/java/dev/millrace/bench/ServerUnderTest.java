package dev.millrace.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server in a process of its own, on a port that the system chose and a data directory that goes
 * with it.
 */
final class ServerUnderTest implements AutoCloseable {
    private static final Pattern READY = Pattern.compile(" is ready on (http://\\S+)");

    private final TempFolder data;
    private final Process process;
    private final URI address;
    private final double readySeconds;
    private double cpuSecondsBefore;
    private double compilerSecondsBefore;

    private ServerUnderTest(TempFolder data, Process process, URI address, double readySeconds) {
        this.data = data;
        this.process = process;
        this.address = address;
        this.readySeconds = readySeconds;
    }

    /**
     * {@code millrace serve}, from the jars that the script takes, with the heap and the collector
     * of every contestant.
     */
    static ServerUnderTest start() throws IOException {
        return start(
                JavaCommand.withHeap(),
                List.of(
                        "-cp",
                        QuickStart.CLASS_PATH,
                        "dev.millrace.server.Main",
                        "serve",
                        "--port",
                        "0",
                        "--data"));
    }

    /** A server of this class path that takes the data directory as its argument. */
    static ServerUnderTest start(Class<?> main) throws IOException {
        return start(
                JavaCommand.withHeap(),
                List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    }

    /**
     * A server that says on which address it is ready.
     *
     * @param java how a JVM is started
     * @param arguments to it, to which the data directory is added as the last
     */
    static ServerUnderTest start(List<String> java, List<String> arguments) throws IOException {
        TempFolder data = TempFolder.create();
        data.requireDisk();
        List<String> command = new ArrayList<>(java);
        command.addAll(arguments);
        command.add(data.path().toString());
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
        data.close();
        throw new IOException("the server ended before it was ready");
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

    /** Remembers what processor time the process has had, before {@code meter} is started. */
    void measureFrom() {
        cpuSecondsBefore = cpuSeconds();
        compilerSecondsBefore = compilerSeconds();
    }

    /** Adds what it has had since then to a meter that is about to stop. */
    void measureTo(Meter meter) {
        double cpuSeconds = cpuSeconds() - cpuSecondsBefore;
        meter.otherCpu(cpuSeconds);
        meter.otherCompilers(compilerSeconds() - compilerSecondsBefore);
        meter.figure("server-cpu-s", cpuSeconds);
    }

    /** Processor time that the process has had. */
    double cpuSeconds() {
        return process.info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    }

    /** What of it went to compilers. */
    double compilerSeconds() {
        return CompilerTime.seconds(process.pid());
    }

    /** Resident memory in KiB, as Linux counts it. */
    long residentKiB() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow(() -> new IOException("the system does not say what is resident"));
    }

    /** Bytes that are reachable in its heap. */
    long liveHeapBytes() throws IOException {
        return LiveHeap.bytes(process.pid());
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        process.onExit().join();
        data.close();
    }
}
