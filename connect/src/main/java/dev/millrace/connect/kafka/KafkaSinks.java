package dev.millrace.connect.kafka;

import dev.millrace.connect.lookup.Environment;
import dev.millrace.connect.lookup.UnusableSourceException;
import dev.millrace.core.Bound;
import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.Sink;
import dev.millrace.core.connector.SinkContext;
import dev.millrace.core.connector.SinkKind;
import dev.millrace.core.pipeline.DeclaredKind;
import dev.millrace.core.pipeline.Setting;
import dev.millrace.core.pipeline.Settings;

import java.util.List;
import java.util.Optional;

/**
 * Sinks of kind {@code kafka}: whatever is put out becomes messages of a topic, exactly once for
 * consumers that read committed ones. The topic must be there. {@link KafkaSink} says how.
 */
public final class KafkaSinks implements SinkKind {
    private static final String KEY = "key";
    private static final String CURSOR_TOPIC = "cursorTopic";
    private static final String CURSOR_TOPIC_DEFAULT = "millrace-cursors";

    private final Environment environment;

    /** What is asked for. */
    private record Asked(KafkaSettings settings, String cursorTopic, MessageKeys keys) {}

    public KafkaSinks(Environment environment) {
        this.environment = environment;
    }

    @Override
    public DeclaredKind declared() {
        return new DeclaredKind(
                "kafka",
                "{bootstrap: \"${KAFKA}\", topic: clean}",
                KafkaSettings.declared(
                        new Setting.Text(
                                KEY,
                                false,
                                "a field of events like data.visitor",
                                Optional.empty()),
                        new Setting.Text(
                                CURSOR_TOPIC, false, "the name of a topic", Optional.empty())));
    }

    @Override
    public Optional<String> problem(SinkContext context) {
        try {
            Asked _ = asked(context.definition().settings());
            return Optional.empty();
        } catch (UnusableSourceException e) {
            return Optional.of(e.problem());
        }
    }

    private Asked asked(Settings settings) throws UnusableSourceException {
        KafkaSettings kafka = KafkaSettings.of(settings, environment);
        String cursorTopic =
                KafkaSettings.topic(
                        environment.fill(settings.text(CURSOR_TOPIC).orElse(CURSOR_TOPIC_DEFAULT)));
        if (cursorTopic.equals(kafka.topic())) {
            throw new UnusableSourceException(
                    "topic and cursorTopic must differ, both are " + cursorTopic);
        }
        return new Asked(kafka, cursorTopic, new MessageKeys(settings.text(KEY).orElse("id")));
    }

    @Override
    public Sink open(SinkContext context) throws ConnectorException {
        Asked asked;
        try {
            asked = asked(context.definition().settings());
        } catch (UnusableSourceException e) {
            throw ConnectorException.lasting(e.problem());
        }
        KafkaSettings settings = asked.settings;
        KafkaWaits waits = KafkaWaits.within(context.timeout());
        KafkaCluster cluster = new KafkaCluster(settings, waits);
        try {
            int _ = cluster.partitions(settings.topic());
            String id =
                    "millrace.%s.%s.%s"
                            .formatted(context.pipeline(), context.sink(), settings.topic());
            CursorTopic cursors = new CursorTopic(settings, waits, cluster, asked.cursorTopic, id);
            cursors.require();
            return new KafkaSink(
                    settings,
                    cluster,
                    cursors,
                    asked.keys,
                    new Transactions.Opening(settings, waits, id, context.timeout()),
                    context.owner());
        } catch (ConnectorException | RuntimeException failed) {
            cluster.close();
            throw failed;
        }
    }

    /** For operators. */
    public static List<Bound> bounds() {
        return List.of(
                new Bound(
                        "kafka.sinkBufferBytes",
                        Transactions.BUFFER_BYTES,
                        "bytes",
                        "messages of a sink on their way to the brokers; past it a delivery waits"));
    }
}
