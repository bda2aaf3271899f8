package dev.millrace.bench;

import dev.millrace.server.MillraceServer;
import dev.millrace.server.ServerOptions;
import dev.millrace.store.StoreOptions;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Our server as {@code millrace serve} starts it, on a storage that answers before a write is on
 * disk. Its argument is the data directory.
 */
public final class UnsyncedServer {
    private UnsyncedServer() {}

    public static void main(String[] args) throws Exception {
        MillraceServer server =
                MillraceServer.start(
                        ServerOptions.of(
                                ServerOptions.DEFAULT_HOST, 0, Path.of(args[0]), Optional.empty()),
                        StoreOptions.defaults().withUnsafeNoSync());
        System.out.println("an unsynced millrace is ready on " + server.address());
        Thread.currentThread().join();
    }
}
