package dev.millrace.connect;

import dev.millrace.connect.file.FileSinks;
import dev.millrace.connect.http.HttpFetcher;
import dev.millrace.connect.kafka.KafkaSinks;
import dev.millrace.connect.kafka.KafkaSources;
import dev.millrace.connect.lookup.Fetcher;
import dev.millrace.connect.lookup.LookupStatus;
import dev.millrace.connect.lookup.RemoteLookup;
import dev.millrace.connect.lookup.SourceLookup;
import dev.millrace.connect.lookup.SystemTimer;
import dev.millrace.connect.lookup.UnusableLookup;
import dev.millrace.connect.lookup.UnusableSourceException;
import dev.millrace.connect.postgres.PostgresFetcher;
import dev.millrace.connect.postgres.PostgresSinks;
import dev.millrace.connect.redis.RedisClients;
import dev.millrace.connect.redis.RedisSinks;
import dev.millrace.connect.redis.RedisSources;
import dev.millrace.connect.table.TableFolders;
import dev.millrace.connect.table.TableLookup;
import dev.millrace.connect.webhook.WebhookSinks;
import dev.millrace.core.Bound;
import dev.millrace.core.connector.Connectors;
import dev.millrace.core.connector.SinkKind;
import dev.millrace.core.connector.SourceKind;
import dev.millrace.core.lookup.Lookup;
import dev.millrace.core.pipeline.LookupSource;
import dev.millrace.core.pipeline.Stage;
import dev.millrace.core.port.StageServices;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The sources that enrich stages ask: opened when a stage first needs one, shared by the partitions
 * of its pipeline, closed with the pipeline. And the kinds of sinks and sources. Safe for use by
 * many threads.
 *
 * <p>Looks every second whether the file of a table has changed.
 */
public final class ConnectServices implements StageServices, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ConnectServices.class.getName());
    private static final Duration REFRESH = Duration.ofSeconds(1);

    private final TableFolders folders;
    private final ConnectOptions options;
    private final SystemTimer timer = new SystemTimer();
    private final RedisClients redis = new RedisClients();
    private final Map<Place, SourceLookup> lookups = new ConcurrentHashMap<>();

    private record Place(String pipeline, Stage.Enrich stage) {}

    public ConnectServices(ConnectOptions options) {
        this.options = options;
        this.folders = new TableFolders(options.tableFolders());
        timer.every(REFRESH, this::refreshTables);
    }

    @Override
    public Lookup lookup(String pipeline, Stage.Enrich stage) {
        return lookups.computeIfAbsent(new Place(pipeline, stage), place -> open(place.stage));
    }

    private SourceLookup open(Stage.Enrich stage) {
        try {
            return switch (stage.source()) {
                case LookupSource.Table table ->
                        new TableLookup(stage.name(), table, folders, timer);
                case LookupSource.Http http ->
                        remote(
                                stage,
                                HttpFetcher.open(http, stage.timeout(), options.environment()));
                case LookupSource.Postgres postgres ->
                        remote(
                                stage,
                                PostgresFetcher.open(
                                        postgres, stage.timeout(), options.environment()));
            };
        } catch (UnusableSourceException e) {
            LOG.warning(() -> "stage %s waits: %s".formatted(stage.name(), e.problem()));
            return new UnusableLookup(stage.name(), e.problem(), timer.millis());
        }
    }

    private RemoteLookup remote(Stage.Enrich stage, Fetcher fetcher) {
        return new RemoteLookup(stage, fetcher, timer);
    }

    /**
     * What is wrong with the source of a stage, as one sentence, empty if it can be used. Reads
     * tables; asks nothing over the network, since a source may be away when a pipeline is put.
     */
    @Override
    public Optional<String> problem(Stage.Enrich stage) {
        try {
            switch (stage.source()) {
                case LookupSource.Table table -> TableLookup.check(table, folders);
                case LookupSource.Http http -> HttpFetcher.check(http, options.environment());
                case LookupSource.Postgres postgres ->
                        PostgresFetcher.check(postgres, options.environment());
            }
            return Optional.empty();
        } catch (UnusableSourceException e) {
            return Optional.of(e.problem());
        }
    }

    @Override
    public void supersede(String pipeline, Collection<Stage.Enrich> stages) {
        lookups.forEach((place, lookup) -> {
            if (place.pipeline.equals(pipeline) && !stages.contains(place.stage)) {
                lookup.supersede();
            }
        });
    }

    /** Closes what a pipeline asked in stages that it no longer has. */
    @Override
    public void retain(String pipeline, Collection<Stage.Enrich> stages) {
        lookups.entrySet()
                .removeIf(entry -> {
                    Place place = entry.getKey();
                    boolean gone = place.pipeline.equals(pipeline) && !stages.contains(place.stage);
                    if (gone) {
                        entry.getValue().close();
                    }
                    return gone;
                });
    }

    /** How the sources of a pipeline are doing, by stage. */
    public List<LookupStatus> statuses(String pipeline) {
        return lookups.entrySet().stream()
                .filter(entry -> entry.getKey().pipeline.equals(pipeline))
                .map(entry -> entry.getValue().status())
                .sorted(Comparator.comparing(LookupStatus::stage))
                .toList();
    }

    /** The systems that pipelines can put out to and read from. Safe for use after closing. */
    public Connectors connectors() {
        List<SinkKind> sinks = new ArrayList<>();
        sinks.add(new FileSinks(options.files(), options.environment()));
        sinks.add(new WebhookSinks(options.environment()));
        sinks.add(new KafkaSinks(options.environment()));
        List<SourceKind> sources = new ArrayList<>();
        sinks.add(new PostgresSinks(options.environment()));
        sinks.add(new RedisSinks(redis, options.environment()));
        sources.add(new RedisSources(redis, options.environment()));
        sources.add(new KafkaSources(options.environment()));
        return new Connectors(sinks, sources);
    }

    /** The bounds of lookups, tables, sinks and sources, for operators. */
    public static List<Bound> bounds() {
        List<Bound> bounds = new ArrayList<>(TableFolders.bounds());
        bounds.addAll(RemoteLookup.bounds());
        bounds.addAll(HttpFetcher.bounds());
        bounds.addAll(PostgresFetcher.bounds());
        bounds.addAll(PostgresSinks.bounds());
        bounds.addAll(RedisClients.bounds());
        bounds.addAll(WebhookSinks.bounds());
        bounds.addAll(KafkaSinks.bounds());
        bounds.addAll(KafkaSources.bounds());
        return List.copyOf(bounds);
    }

    private void refreshTables() {
        for (SourceLookup lookup : lookups.values()) {
            if (lookup instanceof TableLookup table) {
                try {
                    table.refresh();
                } catch (Throwable e) {
                    // An Error too: a file too large for the heap must not keep others back.
                    LOG.log(Level.WARNING, "a table could not be looked at", e);
                }
            }
        }
    }

    @Override
    public void close() {
        timer.close();
        lookups.values().forEach(SourceLookup::close);
        lookups.clear();
        redis.close();
    }
}
