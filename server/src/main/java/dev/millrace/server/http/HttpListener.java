package dev.millrace.server.http;

import dev.millrace.core.MillraceException;
import dev.millrace.engine.Engine;
import dev.millrace.server.live.LiveStreams;

import io.helidon.common.socket.SocketOptions;
import io.helidon.webserver.ErrorHandling;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;

/**
 * The HTTP API of one engine on one address. Each request runs on a virtual thread, where it may
 * block.
 */
public final class HttpListener implements AutoCloseable {
    /** How long connections may take to end once the requests have. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    static final int BACKLOG = 1024;

    private final WebServer server;
    private final OpenRequests requests;
    private final LiveStreams streams;
    private final Duration stopPatience;
    private final URI address;

    private HttpListener(
            WebServer server,
            OpenRequests requests,
            LiveStreams streams,
            Duration stopPatience,
            URI address) {
        this.server = server;
        this.streams = streams;
        this.requests = requests;
        this.stopPatience = stopPatience;
        this.address = address;
    }

    /** Does ahead what takes longest of a start: the web server finds and links its parts. */
    public static void prepare() {
        WebServer _ =
                webServer(
                        InetAddress.getLoopbackAddress(),
                        0,
                        HttpLimits.defaults(),
                        HttpRouting.builder());
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT).close();
    }

    /**
     * Listens.
     *
     * @param backups what makes copies of the data
     * @param lookups what to say of the sources that pipelines ask
     * @param port 0: the system chooses one
     * @throws MillraceException if the address cannot be listened on
     */
    public static HttpListener start(
            Engine engine,
            BackupSource backups,
            LookupStatuses lookups,
            InetAddress host,
            int port,
            HttpLimits limits) {
        OpenRequests requests = new OpenRequests();
        HttpRouting.Builder routing = HttpRouting.builder().addFilter(requests);
        LiveStreams streams =
                new LiveStreams(engine, new LiveBodies(new MetricsJson(lookups)), limits.live());
        routes(engine, backups, lookups, streams, limits).addTo(routing);
        requireFree(host, port);
        WebServer server = webServer(host, port, limits, routing).start();
        if (!server.isRunning()) {
            throw cannotListen(host, port, "the log says why");
        }
        return new HttpListener(
                server, requests, streams, limits.stopPatience(), uri(host, server.port()));
    }

    /** Tries the address first: the web server itself only logs that it cannot have it. */
    private static void requireFree(InetAddress host, int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(host, port));
        } catch (IOException e) {
            throw cannotListen(host, port, String.valueOf(e.getMessage()));
        }
    }

    private static MillraceException cannotListen(InetAddress host, int port, String why) {
        return new MillraceException(
                "Cannot listen on %s: %s. Choose another --port."
                        .formatted(uri(host, port).getAuthority(), why));
    }

    /** All routes, as one table. */
    static Routes routes(
            Engine engine,
            BackupSource backups,
            LookupStatuses lookups,
            LiveStreams streams,
            HttpLimits limits) {
        BodyMemory memory = new BodyMemory(limits.bodyMemoryBytes(), limits.bodyWait());
        Pipelines pipelines = new Pipelines(engine);
        RequestBody documents = new RequestBody(limits.maxDocumentBytes(), limits.bodyTimeout());
        JsonRequest json = new JsonRequest(documents, memory);
        Routes routes = new Routes();
        // First what must be found fastest.
        new IngestRoute(pipelines, limits, memory).addTo(routes);
        new PipelineRoutes(engine, pipelines, documents, memory).addTo(routes);
        new NumberRoutes(pipelines, new MetricsJson(lookups), json).addTo(routes);
        new SinkRoutes(pipelines, json).addTo(routes);
        new LedgerRoutes(pipelines).addTo(routes);
        new AggregateRoutes(pipelines).addTo(routes);
        new AlertRoutes(pipelines).addTo(routes);
        new LiveRoute(pipelines, streams).addTo(routes);
        new ReplayRoutes(pipelines, json).addTo(routes);
        new LetterRoutes(pipelines).addTo(routes);
        new BackupRoute(backups, json).addTo(routes);
        new OperationRoutes(engine, limits, new Meters(engine, lookups, streams, limits, memory))
                .addTo(routes);
        new PageRoutes().addTo(routes);
        return routes;
    }

    /**
     * The web server with all settings, not started: what this class serves the API by, and what a
     * benchmark takes to see what the web server alone costs.
     */
    public static WebServer webServer(
            InetAddress host, int port, HttpLimits limits, HttpRouting.Builder routing) {
        return WebServer.builder()
                .address(host)
                .port(port)
                .backlog(BACKLOG)
                .routing(routing)
                .contentEncoding(new PassThrough())
                .errorHandling(ErrorHandling.builder().includeEntity(true).build())
                .directHandlers(Problems.beforeRouting())
                .maxPayloadSize(limits.maxPayloadBytes())
                .maxTcpConnections(limits.maxConnections())
                .idleConnectionTimeout(limits.idleTimeout())
                .idleConnectionPeriod(limits.idleTimeout().dividedBy(4))
                .shutdownGracePeriod(GRACE)
                .shutdownHook(false)
                .connectionOptions(SocketOptions.builder().tcpNoDelay(true).build())
                .addProtocol(
                        Http1Config.builder()
                                .maxPrologueLength(limits.maxRequestLineBytes())
                                .maxHeadersSize(limits.maxHeaderBytes())
                                .sendKeepAliveHeader(false)
                                .build())
                .build();
    }

    private static URI uri(InetAddress host, int port) {
        String text = host.getHostAddress();
        return URI.create("http://" + (text.contains(":") ? "[" + text + "]" : text) + ":" + port);
    }

    /** Where it listens, with the port that is really open. */
    public URI address() {
        return address;
    }

    /**
     * Ends the live streams, refuses further requests with a 503 and {@code Connection: close}, and
     * returns when those under way have their answers, or after {@link HttpLimits#stopPatience}.
     */
    public void refuse() {
        streams.close();
        requests.end(stopPatience);
    }

    /** Ends all connections. */
    @Override
    public void close() {
        streams.close();
        server.stop();
    }
}
