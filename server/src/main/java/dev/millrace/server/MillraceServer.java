package dev.millrace.server;

import dev.millrace.core.port.Storage;
import dev.millrace.engine.Engine;

import java.net.URI;
import java.nio.file.Path;

/**
 * A running server: storage, engine and HTTP. Safe for use by many threads.
 *
 * <p>Several may run in one process, each with its own data folder.
 */
public final class MillraceServer implements AutoCloseable {
    private final Engine engine;
    private final URI address;

    private MillraceServer(Engine engine, URI address) {
        this.engine = engine;
        this.address = address;
    }

    /**
     * Opens the data folder, brings every pipeline to where it was, puts the definitions of the
     * pipelines folder, and then listens. When it returns, events are taken.
     *
     * @throws dev.millrace.core.MillraceException if the data folder cannot be opened, a definition
     *     is wrong, the address cannot be listened on, or it is not loopback; the message is for
     *     the operator, and nothing is left running
     */
    public static MillraceServer start(ServerOptions options) {
        Engine engine = Engine.open(openStorage(options.data()), options.engine());
        return new MillraceServer(
                engine, URI.create("http://" + options.host() + ":" + options.port()));
    }

    private static Storage openStorage(Path folder) {
        throw new UnsupportedOperationException(folder.toString());
    }

    /** Where it listens, such as {@code http://127.0.0.1:8080}, with the port that is really open. */
    public URI address() {
        return address;
    }

    public Engine engine() {
        return engine;
    }

    /**
     * Takes no more requests, lets those that are running end, then drains and commits the engine
     * and closes the storage. Ends within the drain timeout of the engine and a few seconds. A
     * second call does nothing.
     */
    @Override
    public void close() {
        engine.close();
    }
}
