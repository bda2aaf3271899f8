package dev.millrace.server;

import dev.millrace.connect.ConnectOptions;
import dev.millrace.connect.ConnectServices;
import dev.millrace.connect.lookup.Environment;
import dev.millrace.core.MillraceException;
import dev.millrace.core.port.Storage;
import dev.millrace.engine.Engine;
import dev.millrace.server.http.HttpListener;
import dev.millrace.store.RocksStorage;
import dev.millrace.store.StoreOptions;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * A running server: storage, engine and HTTP. Safe for use by many threads.
 *
 * <p>Several may run in one process, each with its own data folder.
 */
public final class MillraceServer implements AutoCloseable {
    private final Storage storage;
    private final ConnectServices services;
    private final Plugins plugins;
    private final Engine engine;
    private final HttpListener listener;
    private final AtomicBoolean closed = new AtomicBoolean();

    private MillraceServer(
            Storage storage,
            ConnectServices services,
            Plugins plugins,
            Engine engine,
            HttpListener listener) {
        this.storage = storage;
        this.services = services;
        this.plugins = plugins;
        this.engine = engine;
        this.listener = listener;
    }

    /**
     * Does ahead, on a thread that is free for it, what every {@link #start} would do: native code
     * is unpacked, and the web server finds its parts.
     */
    public static void prepare() {
        RocksStorage.prepare();
        HttpListener.prepare();
    }

    /**
     * Opens the data folder, brings every pipeline to where it was, puts the definitions of the
     * pipelines folder, and then listens. When it returns, events are taken.
     *
     * @throws MillraceException if the data folder cannot be opened, a definition is wrong, the
     *     address cannot be listened on, or it is not loopback; the message is for the operator,
     *     and nothing is left running
     */
    public static MillraceServer start(ServerOptions options) {
        return start(options, StoreOptions.defaults());
    }

    /**
     * The same on a storage that is set otherwise, for benchmarks: what is set so may lose events.
     *
     * @throws MillraceException as above
     */
    public static MillraceServer start(ServerOptions options, StoreOptions store) {
        InetAddress host = loopback(options.host());
        RocksStorage storage = RocksStorage.open(options.data(), store);
        ConnectServices services = new ConnectServices(systems(options));
        try {
            return start(options, host, storage, services);
        } catch (RuntimeException e) {
            services.close();
            storage.close();
            throw e;
        }
    }

    /** Tables lie beside the definitions, or in the folder {@code tables} of the data folder. */
    private static ConnectOptions systems(ServerOptions options) {
        List<Path> folders = new ArrayList<>();
        options.pipelines().ifPresent(folders::add);
        folders.add(options.data().resolve("tables"));
        Path files = options.files().orElseGet(() -> options.data().resolve("files"));
        return new ConnectOptions(folders, files, Environment.SYSTEM);
    }

    private static MillraceServer start(
            ServerOptions options,
            InetAddress host,
            RocksStorage storage,
            ConnectServices services) {
        Plugins plugins = Plugins.load(options.plugins());
        try {
            return start(options, host, storage, services, plugins);
        } catch (RuntimeException e) {
            plugins.close();
            throw e;
        }
    }

    private static MillraceServer start(
            ServerOptions options,
            InetAddress host,
            RocksStorage storage,
            ConnectServices services,
            Plugins plugins) {
        Engine engine =
                Engine.open(storage, options.engine(), plugins, services, services.connectors());
        try {
            requireAll(engine.waiting());
            options.pipelines().ifPresent(folder -> new PipelinesFolder(folder).putAll(engine));
            HttpListener listener =
                    HttpListener.start(
                            engine,
                            storage::backup,
                            services::statuses,
                            host,
                            options.port(),
                            options.http());
            return new MillraceServer(storage, services, plugins, engine, listener);
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    /** A server that came up without one of its pipelines would lose what producers send to it. */
    private static void requireAll(Map<String, String> waiting) {
        if (!waiting.isEmpty()) {
            throw new MillraceException(
                    waiting.entrySet().stream()
                            .map(one ->
                                    "Pipeline %s cannot run: %s."
                                            .formatted(one.getKey(), one.getValue()))
                            .collect(Collectors.joining(" ")));
        }
    }

    private static InetAddress loopback(String host) {
        try {
            InetAddress address = InetAddress.getByName(host);
            if (!address.isLoopbackAddress()) {
                throw new MillraceException(
                        ("%s is not a loopback address, and without a key anybody could read and"
                                        + " write there. Use --host 127.0.0.1.")
                                .formatted(host));
            }
            return address;
        } catch (UnknownHostException e) {
            throw new MillraceException("The host %s is not known.".formatted(host), e);
        }
    }

    /**
     * Where it listens, such as {@code http://127.0.0.1:8080}, with the port that is really open.
     */
    public URI address() {
        return listener.address();
    }

    public Engine engine() {
        return engine;
    }

    /** As {@link #stop}. */
    @Override
    public void close() {
        boolean _ = stop();
    }

    /**
     * Answers requests that are under way and refuses further ones with 503, drains and commits the
     * engine, then closes the connections and the storage. Takes at most the stop patience for
     * requests, the drain timeout of the engine, and a few seconds more. A second call does
     * nothing.
     *
     * @return whether all that was accepted is in rows; if not, the log says what is not, and the
     *     next start takes it up from the journal
     */
    public boolean stop() {
        if (!closed.compareAndSet(false, true)) {
            return true;
        }
        // Whatever fails, the next is closed too.
        try (storage;
                services;
                plugins;
                listener;
                engine) {
            listener.refuse();
            return engine.stop().isEmpty();
        }
    }
}
