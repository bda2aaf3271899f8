package dev.millrace.testing.system;

import static org.awaitility.Awaitility.await;

import dev.millrace.testing.net.ReservedPort;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;

import redis.embedded.RedisServer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Redis that syncs every command to its append-only file, asked with commands. */
public final class RealRedis implements Restartable, AutoCloseable {
    private static final Duration END_WITHIN = Duration.ofSeconds(60);
    private static final Pattern PID = Pattern.compile("process_id:(\\d+)");

    private final Path folder;
    private final ReservedPort port;
    private final RedisClient client;
    private RedisServer server;
    private StatefulRedisConnection<String, String> connection;

    private RealRedis(Path folder) throws IOException {
        this.folder = folder;
        this.port = new ReservedPort();
        this.server = launch();
        this.client = RedisClient.create(url());
        this.connection = client.connect();
    }

    /**
     * @param folder for its file; is there
     */
    public static RealRedis start(Path folder) {
        try {
            return new RealRedis(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RedisServer launch() throws IOException {
        RedisServer launched =
                RedisServer.newRedisServer()
                        .bind("127.0.0.1")
                        .port(port.number())
                        .setting("dir " + folder)
                        .setting("save \"\"")
                        .setting("appendonly yes")
                        .setting("appendfsync always")
                        .build();
        launched.start();
        return launched;
    }

    public int port() {
        return port.number();
    }

    public String url() {
        return "redis://127.0.0.1:" + port.number();
    }

    public RedisCommands<String, String> ask() {
        return connection.sync();
    }

    /** For further connections. */
    public RedisClient client() {
        return client;
    }

    /** {@code SIGKILL}. */
    @Override
    public void restart() {
        Matcher pid = PID.matcher(ask().info("server"));
        if (!pid.find()) {
            throw new AssertionError("Redis does not tell its process");
        }
        ProcessHandle process = ProcessHandle.of(Long.parseLong(pid.group(1))).orElseThrow();
        connection.close();
        process.destroyForcibly();
        await("the end of Redis").atMost(END_WITHIN).until(() -> !process.isAlive());
        try {
            server.stop();
            server = launch();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        connection = client.connect();
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        try (port) {
            server.stop();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
