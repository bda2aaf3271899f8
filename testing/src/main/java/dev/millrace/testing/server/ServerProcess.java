package dev.millrace.testing.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code millrace serve} in a process of its own. Ends with {@link #close} at the latest. */
public final class ServerProcess implements AutoCloseable {
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

    /** Starts a server and waits until it takes events. */
    public static ServerProcess start(ServerCommand command, Path data) {
        ServerProcess server = launch(command, data);
        try {
            server.api();
            return server;
        } catch (AssertionError e) {
            server.close();
            throw e;
        }
    }

    /** Starts a server and returns while it is still starting. */
    public static ServerProcess launch(ServerCommand command, Path data) {
        try {
            return new ServerProcess(command.on(data).start());
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
    public ServerApi api() {
        try {
            return new ServerApi(ready.get(READY_WITHIN.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("the server did not become ready: " + diagnosis(), e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until it is ready or has ended, but not longer than that; whether it is ready. */
    public boolean isReadyWithin(Duration most) {
        try {
            return ready.handle((address, _) -> address != null)
                    .completeOnTimeout(false, most.toMillis(), TimeUnit.MILLISECONDS)
                    .get();
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** What it wrote, and how it ended; or, if it has not, what its threads do. */
    public String diagnosis() {
        if (!process.isAlive()) {
            return "ended with %d\n%s".formatted(process.exitValue(), output());
        }
        signal("kill -QUIT %d && sleep 3".formatted(pid()));
        return "still running\n" + output();
    }

    /** All that it wrote to stdout and stderr so far. */
    public String output() {
        return String.join("\n", output);
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGSTOP, and so many seconds later SIGCONT. */
    public void stopFor(int seconds) {
        signal("kill -STOP %1$d && sleep %2$d && kill -CONT %1$d".formatted(pid(), seconds));
    }

    private static void signal(String script) {
        try {
            int exitCode = new ProcessBuilder("sh", "-c", script).start().waitFor();
            if (exitCode != 0) {
                throw new AssertionError(script + " ended with " + exitCode);
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Sends a signal, such as {@code TERM}, and returns at once. */
    public void send(String signal) {
        signal("kill -%s %d".formatted(signal, pid()));
    }

    /** SIGKILL: it can do nothing about it. */
    public void kill9() {
        process.toHandle().destroyForcibly();
        exitCode();
    }

    /** SIGTERM; waits for the end and returns the exit code. */
    public int terminate() {
        process.toHandle().destroy();
        return exitCode();
    }

    /** Waits for the end. */
    public int exitCode() {
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
