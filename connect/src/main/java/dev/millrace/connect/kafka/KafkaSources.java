package dev.millrace.connect.kafka;

import dev.millrace.connect.lookup.Environment;
import dev.millrace.connect.lookup.UnusableSourceException;
import dev.millrace.core.Bound;
import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.Source;
import dev.millrace.core.connector.SourceContext;
import dev.millrace.core.connector.SourceKind;
import dev.millrace.core.pipeline.DeclaredKind;
import dev.millrace.core.pipeline.Setting;
import dev.millrace.core.pipeline.Settings;

import java.util.List;
import java.util.Optional;

/**
 * Sources of kind {@code kafka}: a topic, read by a consumer group. {@link KafkaSource} says how.
 */
public final class KafkaSources implements SourceKind {
    private static final String GROUP = "group";
    private static final String FROM = "from";
    private static final String EARLIEST = "earliest";

    private final Environment environment;

    public KafkaSources(Environment environment) {
        this.environment = environment;
    }

    @Override
    public DeclaredKind declared() {
        return new DeclaredKind(
                "kafka",
                "{bootstrap: \"${KAFKA}\", topic: clicks}",
                KafkaSettings.declared(
                        new Setting.Text(
                                GROUP, false, "the name of a consumer group", Optional.empty()),
                        new Setting.Word(FROM, false, List.of(EARLIEST, "latest"))));
    }

    @Override
    public Optional<String> problem(SourceContext context) {
        try {
            KafkaSettings _ = KafkaSettings.of(context.definition().settings(), environment);
            String _ = group(context);
            return Optional.empty();
        } catch (UnusableSourceException e) {
            return Optional.of(e.problem());
        }
    }

    private String group(SourceContext context) throws UnusableSourceException {
        return environment.fill(
                context.definition()
                        .settings()
                        .text(GROUP)
                        .orElse("millrace.%s.%s".formatted(context.pipeline(), context.source())));
    }

    @Override
    public Source open(SourceContext context) throws ConnectorException {
        Settings settings = context.definition().settings();
        KafkaSettings kafka;
        KafkaSource.Reading reading;
        try {
            kafka = KafkaSettings.of(settings, environment);
            reading =
                    new KafkaSource.Reading(
                            group(context),
                            settings.text(FROM).orElse(EARLIEST),
                            context.messagesMax());
        } catch (UnusableSourceException e) {
            throw ConnectorException.lasting(e.problem());
        }
        KafkaWaits waits = KafkaWaits.within(context.timeout());
        KafkaCluster cluster = new KafkaCluster(kafka, waits);
        try {
            int _ = cluster.partitions(kafka.topic());
            return new KafkaSource(kafka, waits, cluster, reading);
        } catch (ConnectorException | RuntimeException failed) {
            cluster.close();
            throw failed;
        }
    }

    /** For operators. */
    public static List<Bound> bounds() {
        return List.of(
                new Bound(
                        "kafka.sourceFetchBytes",
                        KafkaSource.FETCH_BYTES_MAX,
                        "bytes",
                        "messages of a source that are fetched ahead, as the brokers have them"));
    }
}
