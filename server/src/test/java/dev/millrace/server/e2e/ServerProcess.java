package dev.millrace.server.e2e;

import dev.millrace.server.Main;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code millrace serve} in a process of its own, as the launcher starts it but with a small heap.
 * Ends with {@link #close} at the latest.
 */
final class ServerProcess implements AutoCloseable {
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);
    private static final Duration END_WITHIN = Duration.ofSeconds(45);
    private static final Pattern READY = Pattern.compile("millrace is ready on (http://\\S+)");

    private final Process process;
    private final Thread reader;
    private final Queue<String> output = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<URI> ready = new CompletableFuture<>();

    private ServerProcess(Process process) {
        this.process = process;
        this.reader = Thread.ofVirtual().start(this::readOutput);
    }

    /** Starts a server on a port of the system's choice and waits until it takes events. */
    static ServerProcess start(Path data) {
        ServerProcess server = launch(data);
        try {
            server.api();
            return server;
        } catch (AssertionError e) {
            server.close();
            throw e;
        }
    }

    /** Starts a server and returns while it is still starting. */
    static ServerProcess launch(Path data) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add("-XX:+UseCompactObjectHeaders");
        command.add("-Xmx512m");
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(Main.class.getName(), "serve"));
        command.addAll(List.of("--port", "0", "--data", data.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("MILLRACE_"));
        try {
            return new ServerProcess(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void readOutput() {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.add(line);
                Matcher matcher = READY.matcher(line);
                if (matcher.find()) {
                    ready.complete(URI.create(matcher.group(1)));
                }
            }
            ready.completeExceptionally(new IllegalStateException("it ended before"));
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
    }

    /** Its HTTP API, once it is ready. */
    ServerApi api() {
        try {
            return new ServerApi(ready.get(READY_WITHIN.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("the server did not become ready:\n" + output(), e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until it is ready or has ended, but not longer than that. */
    void awaitReadyAtMost(long ms) throws InterruptedException, ExecutionException {
        boolean _ =
                ready.handle((_, _) -> true)
                        .completeOnTimeout(false, ms, TimeUnit.MILLISECONDS)
                        .get();
    }

    /** All that it wrote to stdout and stderr so far. */
    String output() {
        return String.join("\n", output);
    }

    /** SIGSTOP, and so many seconds later SIGCONT. */
    void stopFor(int seconds) throws IOException, InterruptedException {
        String script =
                "kill -STOP %1$d && sleep %2$d && kill -CONT %1$d"
                        .formatted(process.pid(), seconds);
        int exitCode = new ProcessBuilder("sh", "-c", script).start().waitFor();
        if (exitCode != 0) {
            throw new IOException("the server could not be stopped and continued");
        }
    }

    /** SIGKILL: it can do nothing about it. */
    void kill9() {
        process.toHandle().destroyForcibly();
        exitCode();
    }

    /** SIGTERM; waits for the end and returns the exit code. */
    int terminate() {
        process.toHandle().destroy();
        return exitCode();
    }

    /** Waits for the end. */
    int exitCode() {
        try {
            if (!process.waitFor(END_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the server did not end:\n" + output());
            }
            reader.join();
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        kill9();
    }
}
