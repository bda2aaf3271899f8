package dev.millrace.bench.redis;

import dev.millrace.bench.FreePort;
import dev.millrace.bench.TempFolder;

import redis.embedded.RedisServer;

import java.io.IOException;

/** A real Redis without snapshots. */
public final class LocalRedis implements AutoCloseable {
    private final TempFolder folder;
    private final int port;
    private final RedisServer server;

    private LocalRedis(TempFolder folder, boolean hasFile) throws IOException {
        this.folder = folder;
        this.port = FreePort.find();
        this.server =
                RedisServer.newRedisServer()
                        .bind("127.0.0.1")
                        .port(port)
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
        return port;
    }

    @Override
    public void close() throws IOException {
        server.stop();
        folder.close();
    }
}
