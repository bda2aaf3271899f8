package dev.millrace.connect.kafka;

import dev.millrace.core.connector.ConnectorException;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Kafka's clients throw, in words for people. */
final class KafkaFaults {
    private static final Pattern PROPERTY =
            Pattern.compile("(?:configuration|config) \"?([a-z][a-z0-9.]+)");

    private final KafkaSettings settings;

    KafkaFaults(KafkaSettings settings) {
        this.settings = settings;
    }

    ConnectorException of(Throwable failed) {
        String name = settings.name();
        return switch (failed) {
            case ConnectorException known -> known;
            case ExecutionException wrapped ->
                    of(
                            Objects.requireNonNullElse(
                                    wrapped.getCause(), new KafkaException("no cause")));
            case InterruptException _ -> late(failed);
            case InterruptedException _ -> late(failed);
            case TimeoutException _ -> late(failed);
            case AuthenticationException _ ->
                    ConnectorException.lasting(
                            "%s refused the login (%s)".formatted(name, failed.getMessage()),
                            failed);
            case AuthorizationException _ ->
                    ConnectorException.lasting(
                            "%s does not permit it (%s)".formatted(name, failed.getMessage()),
                            failed);
            case UnknownTopicOrPartitionException _ -> noTopic(settings.topic());
            case UnsupportedVersionException _ ->
                    ConnectorException.lasting(
                            "%s is too old (%s)".formatted(name, failed.getMessage()), failed);
            case ConfigException config -> unusable(config);
            case KafkaException _ when failed.getCause() instanceof KafkaException cause ->
                    of(cause);
            // Of a client that could not be made; what is wrong with a login may be told in
            // secrets.
            case KafkaException _ when failed.getCause() != null ->
                    ConnectorException.lasting(
                            "the client of %s could not be made (%s); look at its properties"
                                    .formatted(name, failed.getCause().getClass().getSimpleName()));
            default ->
                    ConnectorException.passing(
                            "%s failed (%s: %s)"
                                    .formatted(
                                            name,
                                            failed.getClass().getSimpleName(),
                                            failed.getMessage()),
                            failed);
        };
    }

    ConnectorException late(Throwable failed) {
        return ConnectorException.passing(
                settings.name() + " cannot be reached, or did not answer in time", failed);
    }

    ConnectorException noTopic(String topic) {
        return ConnectorException.lasting(
                "%s has no topic %s; create it, as none is made by itself, or correct the definition"
                        .formatted(settings.name(), topic));
    }

    /** Without the message, which holds the value. */
    private ConnectorException unusable(ConfigException config) {
        String message = String.valueOf(config.getMessage());
        if (message.contains("bootstrap")) {
            return ConnectorException.passing(
                    settings.name() + " cannot be reached: no host of bootstrap has an address");
        }
        Matcher property = PROPERTY.matcher(message);
        return ConnectorException.lasting(
                "the properties for %s cannot be used%s"
                        .formatted(
                                settings.name(),
                                property.find() ? ", look at " + property.group(1) : ""));
    }
}
