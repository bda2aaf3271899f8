package dev.millrace.server.demo;

import dev.millrace.core.MillraceException;
import dev.millrace.server.MillraceServer;
import dev.millrace.server.ServerOptions;
import dev.millrace.server.client.EventSender;
import dev.millrace.server.client.MillraceClient;
import dev.millrace.server.client.Patience;
import dev.millrace.server.client.Receipt;
import dev.millrace.server.client.Reply;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;

/**
 * A server in this process, the pipeline {@code web}, and made-up traffic into it over HTTP. Safe
 * for use by many threads.
 */
public final class Demo implements AutoCloseable {
    /** The name of the example pipeline. */
    public static final String PIPELINE = "web";

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final DemoFolder folder;
    private final MillraceServer server;
    private final MillraceClient client;
    private final TrafficSender traffic;

    private Demo(
            DemoFolder folder,
            MillraceServer server,
            MillraceClient client,
            TrafficSender traffic) {
        this.folder = folder;
        this.server = server;
        this.client = client;
        this.traffic = traffic;
    }

    /**
     * Starts all of it. A pipeline {@code web} that the data folder holds already is left as it is.
     *
     * @param data where to keep the data; null: in a temporary folder, which goes with the demo
     * @param eventsPerSecond the mean over a day
     * @throws MillraceException if the server cannot start; nothing is left running
     */
    public static Demo start(
            String host, int port, @Nullable Path data, double eventsPerSecond, long seed) {
        WebTraffic traffic = new WebTraffic(seed, eventsPerSecond);
        DemoFolder folder = DemoFolder.of(data);
        MillraceServer server = null;
        MillraceClient client = null;
        try {
            server =
                    MillraceServer.start(
                            ServerOptions.of(host, port, folder.path(), Optional.empty()));
            client = new MillraceClient(server.address(), null);
            put(client);
            EventSender sender = new EventSender(client, PIPELINE, false, new Patience(PATIENCE));
            return new Demo(
                    folder,
                    server,
                    client,
                    TrafficSender.start(traffic, sender, InstantSource.system()));
        } catch (RuntimeException e) {
            if (client != null) {
                client.close();
            }
            if (server != null) {
                server.close();
            }
            folder.close();
            throw e;
        }
    }

    private static void put(MillraceClient client) {
        if (client.get(PIPELINE, "").succeeded()) {
            return;
        }
        Reply reply = client.putPipeline(PIPELINE, definition());
        if (!reply.succeeded()) {
            throw new MillraceException("the example pipeline was refused: " + reply.body());
        }
    }

    /** The example pipeline, as YAML. */
    static byte[] definition() {
        try (InputStream in = Demo.class.getResourceAsStream("web.yaml")) {
            return Objects.requireNonNull(in, "web.yaml").readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("web.yaml cannot be read", e);
        }
    }

    /** Where the server listens. */
    public URI address() {
        return server.address();
    }

    /** Where the data is. */
    public Path data() {
        return folder.path();
    }

    /** Whether the data goes with the demo. */
    public boolean isTemporary() {
        return folder.temporary();
    }

    /** What the server has taken so far. */
    public Receipt taken() {
        return traffic.taken();
    }

    /** Why the traffic ended, if it ended by itself; null while it flows. */
    public @Nullable MillraceException failure() {
        return traffic.failure();
    }

    /** Dead letters that wait in the pipeline. */
    public long deadLetters() {
        return client.get(PIPELINE, "metrics").body().path("dlqSize").asLong(0);
    }

    /** As {@link #stop}. */
    @Override
    public void close() {
        boolean _ = stop();
    }

    /** Ends the traffic, drains the server, deletes temporary data; whether all was drained. */
    public boolean stop() {
        traffic.close();
        client.close();
        boolean drained = server.stop();
        folder.close();
        return drained;
    }
}
