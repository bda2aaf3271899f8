package dev.millrace.bench.kafka;

import dev.millrace.bench.Clients;

import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One node, broker and controller, on loopback ports that the system chose. Flushes as it does by
 * default: when the operating system sees fit.
 */
final class Broker implements AutoCloseable {
    private static final int NODE = 1;

    private final KafkaRaftServer server;
    private final String address;

    private Broker(KafkaRaftServer server, String address) {
        this.server = server;
        this.address = address;
    }

    static Broker start(Path folder) throws Exception {
        String log = folder.resolve("log").toString();
        String address = "127.0.0.1:" + Clients.freePort();
        String controller = "127.0.0.1:" + Clients.freePort();
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
                Map.ofEntries(
                        Map.entry("process.roles", "broker,controller"),
                        Map.entry("node.id", Integer.toString(NODE)),
                        Map.entry("controller.quorum.voters", NODE + "@" + controller),
                        Map.entry(
                                "listeners",
                                "PLAINTEXT://%s,CONTROLLER://%s".formatted(address, controller)),
                        Map.entry("advertised.listeners", "PLAINTEXT://" + address),
                        Map.entry("controller.listener.names", "CONTROLLER"),
                        Map.entry(
                                "listener.security.protocol.map",
                                "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                        Map.entry("log.dirs", log),
                        // The events are years old; by default they would go at once.
                        Map.entry("log.retention.ms", "-1"),
                        Map.entry("offsets.topic.replication.factor", "1"),
                        Map.entry("transaction.state.log.replication.factor", "1"),
                        Map.entry("transaction.state.log.min.isr", "1"),
                        Map.entry("share.coordinator.state.topic.replication.factor", "1"),
                        Map.entry("share.coordinator.state.topic.min.isr", "1"),
                        Map.entry("group.initial.rebalance.delay.ms", "0"));
        KafkaRaftServer server =
                new KafkaRaftServer(KafkaConfig.apply(settings, false), Time.SYSTEM);
        server.startup();
        return new Broker(server, address);
    }

    /** Where clients connect. */
    String address() {
        return address;
    }

    void createTopic(String name, int partitions) throws Exception {
        try (Admin admin =
                Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, address))) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all().get();
        }
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }
}
