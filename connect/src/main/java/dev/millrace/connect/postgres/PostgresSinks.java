package dev.millrace.connect.postgres;

import dev.millrace.connect.lookup.Environment;
import dev.millrace.connect.lookup.UnusableSourceException;
import dev.millrace.core.Bound;
import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.RowShape;
import dev.millrace.core.connector.Sink;
import dev.millrace.core.connector.SinkContext;
import dev.millrace.core.connector.SinkItem;
import dev.millrace.core.connector.SinkKind;
import dev.millrace.core.pipeline.DeclaredKind;
import dev.millrace.core.pipeline.Setting;
import dev.millrace.core.pipeline.Settings;
import dev.millrace.core.pipeline.SinkDefinition;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Sinks of kind {@code postgres}: {@code {url, table}} where a sink takes one feed, {@code {url,
 * tables: {views: …, alerts: …}}} where it takes several.
 */
public final class PostgresSinks implements SinkKind {
    private static final String URL = "url";
    private static final String TABLE = "table";
    private static final String TABLES = "tables";
    private static final String EXPECTED_TABLE = "the name of a table like views or stats.views";

    private final Environment environment;

    public PostgresSinks(Environment environment) {
        this.environment = environment;
    }

    /** For operators. */
    public static List<Bound> bounds() {
        return List.of(
                new Bound(
                        "sink.postgresConnections",
                        PostgresSink.CONNECTIONS_MAX,
                        "connections",
                        "connections of one sink"));
    }

    @Override
    public DeclaredKind declared() {
        return new DeclaredKind(
                "postgres",
                "{url: \"${DATABASE_URL}\", table: web_views}",
                List.of(
                        new Setting.Text(
                                URL,
                                true,
                                "a URL like postgresql://user@host:5432/database",
                                Optional.empty()),
                        new Setting.Text(TABLE, false, EXPECTED_TABLE, Optional.empty()),
                        new Setting.TextMap(
                                TABLES,
                                false,
                                "a mapping of what the sink takes to tables, like {views: web_views}")));
    }

    @Override
    public Optional<String> problem(SinkContext context) {
        try {
            Map<String, TableName> names = names(context.definition());
            PostgresAddress _ = address(context.definition().settings());
            Set<TableName> seen = new HashSet<>();
            Set<Optional<String>> schemas = new HashSet<>();
            for (TableName name : names.values()) {
                schemas.add(name.schema());
                if (!seen.add(name)) {
                    return Optional.of("two feeds cannot share table %s".formatted(name));
                }
            }
            if (schemas.size() > 1) {
                return Optional.of("all tables of a sink must be in one schema");
            }
        } catch (UnusableSourceException e) {
            return Optional.of(e.problem());
        }
        return context.shapes().stream()
                .flatMap(shape -> RowTable.problem(shape).stream())
                .findFirst();
    }

    @Override
    public Sink open(SinkContext context) throws ConnectorException {
        try {
            Map<String, TableName> names = names(context.definition());
            return PostgresSink.open(
                    context,
                    address(context.definition().settings()),
                    CursorTable.beside(names.values().iterator().next()),
                    tables(context, names));
        } catch (UnusableSourceException e) {
            throw ConnectorException.lasting(e.problem(), e);
        }
    }

    private PostgresAddress address(Settings settings) throws UnusableSourceException {
        return PostgresAddress.parse(settings.requiredText(URL), environment);
    }

    /** The tables by feed. An aggregate that the sink no longer takes has none. */
    private static Map<String, SinkTable> tables(
            SinkContext context, Map<String, TableName> names) {
        Map<String, SinkTable> tables = new LinkedHashMap<>();
        for (Map.Entry<String, TableName> each : names.entrySet()) {
            String feed = each.getKey();
            TableName name = each.getValue();
            switch (feed) {
                case SinkDefinition.EVENTS ->
                        tables.put(feed, new JsonTables.Events(name, context.owner()));
                case SinkDefinition.ALERTS -> tables.put(feed, new JsonTables.Alerts(name));
                default -> {
                    for (RowShape shape : context.shapes()) {
                        if (shape.aggregate().equals(feed)) {
                            tables.put(feed, new RowTable(name, shape));
                        }
                    }
                }
            }
        }
        return tables;
    }

    private Map<String, TableName> names(SinkDefinition definition) throws UnusableSourceException {
        Settings settings = definition.settings();
        Optional<String> table = settings.text(TABLE);
        Map<String, String> given = settings.textMap(TABLES);
        if (table.isPresent() == settings.has(TABLES)) {
            throw new UnusableSourceException(
                    "write either table, or tables with one for each of " + definition.from());
        }
        if (table.isPresent() && definition.from().size() > 1) {
            throw new UnusableSourceException(
                    "the sink takes %s, so it needs a table for each: tables: {%s: …}"
                            .formatted(definition.from(), definition.from().getFirst()));
        }
        for (String feed : given.keySet()) {
            if (!definition.takes(feed)) {
                throw new UnusableSourceException(
                        "tables names %s, which the sink does not take; it takes %s"
                                .formatted(feed, definition.from()));
            }
        }
        Map<String, TableName> names = new LinkedHashMap<>();
        for (String feed : definition.from()) {
            String written = table.orElse(given.get(feed));
            if (written == null) {
                throw new UnusableSourceException("tables has none for " + feed);
            }
            names.put(feed, name(environment.fill(written)));
        }
        return names;
    }

    private static TableName name(String written) throws UnusableSourceException {
        return TableName.parse(written)
                .orElseThrow(() ->
                        new UnusableSourceException(
                                "'%s' is not %s of up to %d bytes"
                                        .formatted(
                                                written,
                                                EXPECTED_TABLE,
                                                TableName.NAME_BYTES_MAX)));
    }

    /** What an item is of: an aggregate, {@code alerts} or {@code events}. */
    static String feed(SinkItem item) {
        return switch (item) {
            case SinkItem.RowItem row -> row.row().aggregate();
            case SinkItem.AlertItem _ -> SinkDefinition.ALERTS;
            case SinkItem.EventItem _ -> SinkDefinition.EVENTS;
        };
    }
}
