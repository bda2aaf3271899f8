package dev.millrace.connect.kafka;

import dev.millrace.connect.kafka.Transactions.Message;
import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.CursorSink;
import dev.millrace.core.connector.Delivery;
import dev.millrace.core.connector.SinkBatch;
import dev.millrace.core.connector.SinkCursor;
import dev.millrace.core.connector.SinkItem;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a batch and the cursor in one transaction. The value of a message is the item as the API
 * writes it, none where a row was retracted; {@link MessageKeys} has the keys.
 *
 * <p>Compare-and-set, which Kafka does not have, is made of two things that it has. The cursor is
 * read after this producer was initialised, which ended what others had begun under its
 * transactional id and fenced them; so nobody else can have moved it since, or this producer's
 * transactions fail too. What was read is compared with what a batch expects. After anything whose
 * outcome is not known the producer is given up, and the next question for the cursor makes another
 * one.
 *
 * <p>The producer would have the broker make a topic that is missing, if the broker is set to; so
 * it is looked for before each transaction.
 */
final class KafkaSink implements CursorSink {
    private final KafkaSettings settings;
    private final KafkaFaults faults;
    private final KafkaCluster cluster;
    private final CursorTopic cursors;
    private final MessageKeys keys;
    private final Transactions.Opening opening;
    private final String owner;

    /** Null while it must be opened before anything is written. */
    private @Nullable Transactions transactions;

    /** The cursor as it is while {@link #transactions} is not fenced; null: there is none. */
    private @Nullable SinkCursor known;

    KafkaSink(
            KafkaSettings settings,
            KafkaCluster cluster,
            CursorTopic cursors,
            MessageKeys keys,
            Transactions.Opening opening,
            String owner) {
        this.settings = settings;
        this.faults = new KafkaFaults(settings);
        this.cluster = cluster;
        this.cursors = cursors;
        this.keys = keys;
        this.opening = opening;
        this.owner = owner;
    }

    @Override
    public Delivery deliver(SinkBatch batch) {
        Transactions open = transactions;
        if (open == null || !batch.before().equals(known)) {
            return new Delivery.CursorMoved();
        }
        try {
            List<Message> messages = messages(batch, cluster.partitions(settings.topic()));
            Map<Long, KafkaException> refused = open.write(messages, cursors.record(batch.after()));
            if (!refused.isEmpty()) {
                return refused(refused);
            }
            known = batch.after();
            return new Delivery.Delivered();
        } catch (ConnectorException | KafkaException failed) {
            giveUp();
            return failed instanceof KafkaException broken && Transactions.isFenced(broken)
                    ? new Delivery.CursorMoved()
                    : new Delivery.RetryLater(faults.of(failed).reason());
        }
    }

    private List<Message> messages(SinkBatch batch, int partitions) {
        List<Message> messages = new ArrayList<>();
        for (SinkItem item : batch.items()) {
            MessageKeys.Key key = keys.of(item);
            byte[] by = key.partitioned();
            Integer partition =
                    by == null ? null : Utils.toPositive(Utils.murmur2(by)) % partitions;
            boolean gone = item instanceof SinkItem.RowItem row && row.row().isRetracted();
            messages.add(
                    new Message(
                            item.position(),
                            new ProducerRecord<>(
                                    settings.topic(),
                                    partition,
                                    key.bytes(),
                                    gone ? null : item.json())));
        }
        return messages;
    }

    private Delivery refused(Map<Long, KafkaException> refused) {
        List<Delivery.RefusedItem> items = new ArrayList<>();
        refused.forEach((position, failure) ->
                items.add(
                        new Delivery.RefusedItem(
                                position,
                                failure instanceof RecordTooLargeException
                                        ? "kafka-too-large"
                                        : "kafka-invalid",
                                "the topic %s of %s does not take it: %s"
                                        .formatted(
                                                settings.topic(),
                                                settings.name(),
                                                failure.getMessage()))));
        return new Delivery.ItemsRefused(items);
    }

    @Override
    public Optional<SinkCursor> cursor() throws ConnectorException {
        giveUp();
        Optional<SinkCursor> glance = cursors.glance();
        if (glance.isPresent() && !glance.get().owner().equals(owner)) {
            // Somebody must decide first who writes; until then nobody is fenced.
            return glance;
        }
        Transactions open = opening.open();
        transactions = open;
        try {
            Optional<SinkCursor> newest = cursors.newest();
            known = newest.orElse(null);
            return newest;
        } catch (ConnectorException failed) {
            giveUp();
            throw failed;
        }
    }

    @Override
    public void reset(SinkCursor cursor) throws ConnectorException {
        Transactions open = transactions;
        if (open == null) {
            open = opening.open();
            transactions = open;
        }
        try {
            Map<Long, KafkaException> _ = open.write(List.of(), cursors.record(cursor));
            known = cursor;
        } catch (KafkaException failed) {
            giveUp();
            throw faults.of(failed);
        }
    }

    private void giveUp() {
        Transactions open = transactions;
        transactions = null;
        known = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() {
        giveUp();
        cluster.close();
    }
}
