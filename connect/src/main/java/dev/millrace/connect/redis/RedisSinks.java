package dev.millrace.connect.redis;

import static dev.millrace.connect.redis.RedisLink.bytes;

import dev.millrace.connect.lookup.Environment;
import dev.millrace.connect.lookup.UnusableSourceException;
import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.RowShape;
import dev.millrace.core.connector.Sink;
import dev.millrace.core.connector.SinkContext;
import dev.millrace.core.connector.SinkKind;
import dev.millrace.core.pipeline.DeclaredKind;
import dev.millrace.core.pipeline.Setting;
import dev.millrace.core.pipeline.Settings;
import dev.millrace.core.pipeline.SinkDefinition;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Sinks of kind {@code redis}: {@code {url, ttl, stream, maxLength}}, of which the first must be.
 */
public final class RedisSinks implements SinkKind {
    private static final String URL = "url";
    private static final String TTL = "ttl";
    private static final String STREAM = "stream";
    private static final String MAX_LENGTH = "maxLength";
    private static final Duration TTL_DEFAULT = Duration.ofDays(1);
    private static final long MAX_LENGTH_DEFAULT = 100_000;

    private final RedisClients clients;
    private final Environment environment;

    public RedisSinks(RedisClients clients, Environment environment) {
        this.clients = clients;
        this.environment = environment;
    }

    @Override
    public DeclaredKind declared() {
        return new DeclaredKind(
                "redis",
                "{url: \"${REDIS_URL}\", ttl: 10m}",
                List.of(
                        new Setting.Text(URL, true, RedisAddress.EXPECTED, Optional.empty()),
                        new Setting.Time(TTL, false, Duration.ofSeconds(1), Duration.ofDays(3_650)),
                        new Setting.Text(STREAM, false, "the key of a stream", Optional.empty()),
                        new Setting.Whole(MAX_LENGTH, false, 1, 1_000_000_000)));
    }

    @Override
    public Optional<String> problem(SinkContext context) {
        Settings settings = context.definition().settings();
        try {
            RedisAddress _ = RedisAddress.parse(settings.requiredText(URL), environment);
            String _ = environment.fill(settings.text(STREAM).orElse(""));
        } catch (UnusableSourceException e) {
            return Optional.of(e.problem());
        }
        if (settings.has(STREAM) && !context.definition().takes(SinkDefinition.EVENTS)) {
            return Optional.of("stream is for events, which the sink does not take");
        }
        return context.shapes().stream()
                .flatMap(shape -> shape.values().stream())
                .map(RowShape.ValueField::name)
                .filter(RowHashes.FIELDS::contains)
                .findFirst()
                .map(name ->
                        "every hash has a field %s, so no value can have that name; rename it"
                                .formatted(name));
    }

    @Override
    public Sink open(SinkContext context) throws ConnectorException {
        Settings settings = context.definition().settings();
        String prefix = "millrace:" + context.pipeline() + ":";
        RedisSink sink;
        try {
            RedisAddress address = RedisAddress.parse(settings.requiredText(URL), environment);
            RedisSink.Places places =
                    new RedisSink.Places(
                            settings.duration(TTL, TTL_DEFAULT),
                            bytes(
                                    environment.fill(
                                            settings.text(STREAM)
                                                    .orElse(prefix + SinkDefinition.EVENTS))),
                            bytes(prefix + SinkDefinition.ALERTS),
                            settings.number(MAX_LENGTH, MAX_LENGTH_DEFAULT));
            // A little sooner than the host, to say what hung.
            Duration limit = context.timeout().multipliedBy(8).dividedBy(10);
            sink = new RedisSink(new RedisLink(clients, address, limit), context, places, limit);
        } catch (UnusableSourceException e) {
            throw ConnectorException.lasting(e.problem(), e);
        }
        try {
            sink.connect();
            return sink;
        } catch (ConnectorException e) {
            sink.close();
            throw e;
        }
    }
}
