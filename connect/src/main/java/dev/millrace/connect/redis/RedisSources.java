package dev.millrace.connect.redis;

import static dev.millrace.connect.redis.RedisLink.bytes;

import dev.millrace.connect.lookup.Environment;
import dev.millrace.connect.lookup.UnusableSourceException;
import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.Source;
import dev.millrace.core.connector.SourceContext;
import dev.millrace.core.connector.SourceKind;
import dev.millrace.core.pipeline.DeclaredKind;
import dev.millrace.core.pipeline.Setting;
import dev.millrace.core.pipeline.Settings;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Sources of kind {@code redis}: {@code {url, stream, group, field, start, reclaim}}, of which the
 * first two must be.
 */
public final class RedisSources implements SourceKind {
    private static final String URL = "url";
    private static final String STREAM = "stream";
    private static final String GROUP = "group";
    private static final String FIELD = "field";
    private static final String START = "start";
    private static final String RECLAIM = "reclaim";
    private static final String OLDEST = "oldest";
    private static final Duration RECLAIM_DEFAULT = Duration.ofMinutes(5);

    private final RedisClients clients;
    private final Environment environment;

    public RedisSources(RedisClients clients, Environment environment) {
        this.clients = clients;
        this.environment = environment;
    }

    @Override
    public DeclaredKind declared() {
        return new DeclaredKind(
                "redis",
                "{url: \"${REDIS_URL}\", stream: clicks}",
                List.of(
                        new Setting.Text(URL, true, RedisAddress.EXPECTED, Optional.empty()),
                        new Setting.Text(STREAM, true, "the key of a stream", Optional.empty()),
                        new Setting.Text(GROUP, false, "a consumer group", Optional.empty()),
                        new Setting.Text(
                                FIELD, false, "the field that holds the event", Optional.empty()),
                        new Setting.Word(START, false, List.of(OLDEST, "newest")),
                        new Setting.Time(
                                RECLAIM, false, Duration.ofSeconds(1), Duration.ofDays(1))));
    }

    @Override
    public Optional<String> problem(SourceContext context) {
        try {
            Settings settings = context.definition().settings();
            RedisAddress _ = RedisAddress.parse(settings.requiredText(URL), environment);
            RedisSource.Place _ = place(context);
            return Optional.empty();
        } catch (UnusableSourceException e) {
            return Optional.of(e.problem());
        }
    }

    private RedisSource.Place place(SourceContext context) throws UnusableSourceException {
        Settings settings = context.definition().settings();
        String group =
                settings.text(GROUP)
                        .orElse("millrace-%s-%s".formatted(context.pipeline(), context.source()));
        return new RedisSource.Place(
                bytes(environment.fill(settings.requiredText(STREAM))),
                bytes(environment.fill(group)),
                bytes(context.owner() + "/" + context.source()),
                bytes(environment.fill(settings.text(FIELD).orElse("event"))),
                settings.text(START).orElse(OLDEST).equals(OLDEST),
                settings.duration(RECLAIM, RECLAIM_DEFAULT));
    }

    @Override
    public Source open(SourceContext context) throws ConnectorException {
        // A little sooner than the host, to say what hung.
        Duration limit = context.timeout().multipliedBy(8).dividedBy(10);
        RedisLink link;
        RedisSource.Place place;
        try {
            Settings settings = context.definition().settings();
            place = place(context);
            RedisAddress address = RedisAddress.parse(settings.requiredText(URL), environment);
            link = new RedisLink(clients, address, limit);
        } catch (UnusableSourceException e) {
            throw ConnectorException.lasting(e.problem(), e);
        }
        try {
            return RedisSource.open(link, place, context.messagesMax(), limit);
        } catch (ConnectorException e) {
            link.close();
            throw e;
        }
    }
}
