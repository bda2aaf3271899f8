package dev.millrace.testing.kafka;

import static org.awaitility.Awaitility.await;

import dev.millrace.testing.net.ReservedPort;

import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One node, broker and controller, on loopback ports that the system chose. Flushes as it does by
 * default: when the operating system sees fit. Makes no topics by itself unless it is told to.
 */
public final class Broker implements AutoCloseable {
    private static final int NODE = 1;

    private final Map<String, String> settings;
    private final String address;
    private final List<ReservedPort> ports;
    private @Nullable KafkaRaftServer server;

    private Broker(Map<String, String> settings, String address, List<ReservedPort> ports) {
        this.settings = settings;
        this.address = address;
        this.ports = ports;
    }

    public static Broker start(Path folder) throws Exception {
        return start(folder, Optional.empty(), Map.of());
    }

    /**
     * @param advertised where clients are sent once they have connected, such as a proxy; empty: to
     *     the broker itself
     * @param further settings, which win
     */
    public static Broker start(
            Path folder, Optional<String> advertised, Map<String, String> further)
            throws Exception {
        String log = folder.resolve("log").toString();
        List<ReservedPort> ports =
                List.of(new ReservedPort(), new ReservedPort(), new ReservedPort());
        String address = "127.0.0.1:" + ports.get(0).number();
        String controller = "127.0.0.1:" + ports.get(1).number();
        // Its own connections go to another port, past whatever clients come through.
        String inner = "127.0.0.1:" + ports.get(2).number();
        new Formatter()
                .setPrintStream(
                        new PrintStream(
                                OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setNodeId(NODE)
                .setClusterId(Uuid.randomUuid().toString())
                .setReleaseVersion(MetadataVersion.latestProduction())
                .setControllerListenerName("CONTROLLER")
                .setMetadataLogDirectory(log)
                .addDirectory(log)
                .run();
        Map<String, String> settings =
                new HashMap<>(
                        Map.ofEntries(
                                Map.entry("process.roles", "broker,controller"),
                                Map.entry("node.id", Integer.toString(NODE)),
                                Map.entry("controller.quorum.voters", NODE + "@" + controller),
                                Map.entry(
                                        "listeners",
                                        "CLIENT://%s,INNER://%s,CONTROLLER://%s"
                                                .formatted(address, inner, controller)),
                                Map.entry(
                                        "advertised.listeners",
                                        "CLIENT://%s,INNER://%s"
                                                .formatted(advertised.orElse(address), inner)),
                                Map.entry("inter.broker.listener.name", "INNER"),
                                Map.entry("controller.listener.names", "CONTROLLER"),
                                Map.entry(
                                        "listener.security.protocol.map",
                                        "CLIENT:PLAINTEXT,INNER:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                                Map.entry("log.dirs", log),
                                // Events may be years old; by default they would go at once.
                                Map.entry("log.retention.ms", "-1"),
                                Map.entry("auto.create.topics.enable", "false"),
                                Map.entry("offsets.topic.replication.factor", "1"),
                                Map.entry("offsets.topic.num.partitions", "1"),
                                Map.entry("transaction.state.log.replication.factor", "1"),
                                Map.entry("transaction.state.log.num.partitions", "1"),
                                Map.entry("transaction.state.log.min.isr", "1"),
                                Map.entry("share.coordinator.state.topic.replication.factor", "1"),
                                Map.entry("share.coordinator.state.topic.min.isr", "1"),
                                Map.entry("group.initial.rebalance.delay.ms", "0")));
        settings.putAll(further);
        Broker broker = new Broker(settings, address, ports);
        broker.resume();
        return broker;
    }

    /** Where clients connect. */
    public String address() {
        return address;
    }

    /** The port of that. */
    public int port() {
        return Integer.parseInt(address.substring(address.indexOf(':') + 1));
    }

    public void createTopic(String name, int partitions) throws Exception {
        createTopic(name, partitions, Map.of());
    }

    /** Returns once clients see it. */
    public void createTopic(String name, int partitions, Map<String, String> config)
            throws Exception {
        try (Admin admin = admin()) {
            NewTopic topic = new NewTopic(name, partitions, (short) 1).configs(config);
            Void _ = admin.createTopics(List.of(topic)).all().get();
            // The controller has it; the broker a moment later.
            await().ignoreExceptions()
                    .until(() -> admin.describeTopics(List.of(name)).allTopicNames().get() != null);
        }
    }

    /** To be closed by the caller. */
    public Admin admin() {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, address));
    }

    /** Goes away, and keeps what it has. */
    public void pause() {
        KafkaRaftServer running = server;
        server = null;
        if (running != null) {
            running.shutdown();
            running.awaitShutdown();
        }
    }

    /** Comes back at the same address, with what it had. */
    public void resume() {
        if (server != null) {
            throw new IllegalStateException("it runs");
        }
        KafkaRaftServer next = new KafkaRaftServer(KafkaConfig.apply(settings, false), Time.SYSTEM);
        next.startup();
        server = next;
    }

    @Override
    public void close() {
        pause();
        ports.forEach(ReservedPort::close);
    }
}
