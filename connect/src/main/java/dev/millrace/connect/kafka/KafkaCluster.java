package dev.millrace.connect.kafka;

import dev.millrace.core.connector.ConnectorException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What is asked of a cluster beside reading and writing. Unlike a producer, which has the broker
 * make a topic when it asks for one, none of this makes any but where it says so.
 */
final class KafkaCluster implements AutoCloseable {
    private static final String COMPACT = TopicConfig.CLEANUP_POLICY_COMPACT;

    private final Admin admin;
    private final KafkaFaults faults;
    private final KafkaWaits waits;

    KafkaCluster(KafkaSettings settings, KafkaWaits waits) throws ConnectorException {
        this.faults = new KafkaFaults(settings);
        this.waits = waits;
        try {
            this.admin =
                    Admin.create(
                            settings.client(
                                    Map.of(
                                            "default.api.timeout.ms", waits.stepMs(),
                                            "request.timeout.ms", waits.requestMs())));
        } catch (KafkaException failed) {
            throw faults.of(failed);
        }
    }

    /**
     * How many partitions a topic has.
     *
     * @throws ConnectorException if there is no such topic, or nobody to ask
     */
    int partitions(String topic) throws ConnectorException {
        return describe(topic).orElseThrow(() -> faults.noTopic(topic)).partitions().size();
    }

    private Optional<TopicDescription> describe(String topic) throws ConnectorException {
        try {
            return Optional.ofNullable(
                    await(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic));
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw faults.of(failed);
        }
    }

    /**
     * Makes a topic of one partition that keeps the newest of each key, if there is none.
     *
     * @param config besides
     * @throws ConnectorException if it cannot be made, or there is one that forgets keys with time
     */
    void requireCompacted(String topic, Map<String, String> config) throws ConnectorException {
        if (describe(topic).isEmpty()) {
            make(topic, config);
        }
        if (!cleanup(topic).orElse(COMPACT).equals(COMPACT)) {
            throw ConnectorException.lasting(
                    "the topic %s has not cleanup.policy=compact, and would forget cursors; set it so"
                            .formatted(topic));
        }
    }

    /** Empty where it may not be looked at, or the topic is still being made. */
    private Optional<String> cleanup(String topic) throws ConnectorException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try {
            return Optional.ofNullable(
                            await(admin.describeConfigs(List.of(resource)).all()).get(resource))
                    .map(config -> config.get(TopicConfig.CLEANUP_POLICY_CONFIG))
                    .map(ConfigEntry::value);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof AuthorizationException
                    || failed.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw faults.of(failed);
        }
    }

    private void make(String topic, Map<String, String> config) throws ConnectorException {
        NewTopic made = new NewTopic(topic, Optional.of(1), Optional.empty()).configs(config);
        try {
            Void _ = await(admin.createTopics(List.of(made)).all());
        } catch (ExecutionException failed) {
            if (!(failed.getCause() instanceof TopicExistsException)) {
                throw faults.of(failed);
            }
        }
    }

    /** Where a partition ends: behind all, or in front of transactions that are still open. */
    long end(TopicPartition partition, IsolationLevel level) throws ConnectorException {
        try {
            return await(
                            admin.listOffsets(
                                            Map.of(partition, OffsetSpec.latest()),
                                            new ListOffsetsOptions(level))
                                    .partitionResult(partition))
                    .offset();
        } catch (ExecutionException failed) {
            throw faults.of(failed);
        }
    }

    private <T> T await(KafkaFuture<T> future) throws ConnectorException, ExecutionException {
        try {
            return future.get(waits.stepMs(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | InterruptedException late) {
            throw faults.late(late);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
