package dev.millrace.bench.redis;

import dev.millrace.bench.TempFolder;
import dev.millrace.testing.net.ReservedPort;

import redis.embedded.RedisServer;

import java.io.IOException;

/** A real Redis without snapshots. */
public final class LocalRedis implements AutoCloseable {
    private final TempFolder folder;
    private final ReservedPort port;
    private final RedisServer server;

    private LocalRedis(TempFolder folder, boolean hasFile) throws IOException {
        this.folder = folder;
        this.port = new ReservedPort();
        this.server =
                RedisServer.newRedisServer()
                        .bind("127.0.0.1")
                        .port(port.number())
                        .setting("dir " + folder.path())
                        .setting("save \"\"")
                        .setting("appendonly " + (hasFile ? "yes" : "no"))
                        .setting("appendfsync everysec")
                        .build();
    }

    /** With its append-only file, synced every second as is its default. */
    public static LocalRedis startWithFile() throws IOException {
        return start(true);
    }

    /** In memory alone, as Redis is without settings but for its snapshots. */
    public static LocalRedis startInMemory() throws IOException {
        return start(false);
    }

    private static LocalRedis start(boolean hasFile) throws IOException {
        LocalRedis redis = new LocalRedis(TempFolder.create(), hasFile);
        redis.server.start();
        return redis;
    }

    public int port() {
        return port.number();
    }

    @Override
    public void close() throws IOException {
        try (folder;
                port) {
            server.stop();
        }
    }
}
