package dev.millrace.bench;

import dev.millrace.core.port.StageServices;
import dev.millrace.engine.Engine;
import dev.millrace.engine.EngineOptions;
import dev.millrace.engine.HandlerSource;
import dev.millrace.server.http.HttpLimits;
import dev.millrace.server.http.HttpListener;
import dev.millrace.store.RocksStorage;
import dev.millrace.store.StoreOptions;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * Our server, put together as {@code millrace serve} does, on a storage that answers before a write
 * is on disk. Its argument is the data directory.
 */
public final class UnsyncedServer {
    private UnsyncedServer() {}

    public static void main(String[] args) throws Exception {
        RocksStorage storage =
                RocksStorage.open(Path.of(args[0]), StoreOptions.defaults().withUnsafeNoSync());
        Engine engine =
                Engine.open(
                        storage, EngineOptions.defaults(), HandlerSource.NONE, StageServices.NONE);
        HttpListener listener =
                HttpListener.start(
                        engine,
                        storage::backup,
                        _ -> List.of(),
                        InetAddress.getLoopbackAddress(),
                        0,
                        HttpLimits.defaults());
        System.out.println("an unsynced millrace is ready on " + listener.address());
        Thread.currentThread().join();
    }
}
