package dev.millrace.server.fault;

import dev.millrace.testing.fault.FaultSinks;
import dev.millrace.testing.server.ServerApi;
import dev.millrace.testing.system.RealPostgres;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Each aggregate as a table of PostgreSQL. */
final class TableSinks implements FaultSinks {
    /** Of each aggregate, the columns of its groups and values. */
    private static final Map<String, List<String>> COLUMNS =
            Map.of(
                    "sales", List.of("source", "orders", "price", "users"),
                    "visits", List.of("\"user\"", "orders"),
                    "arrivals", List.of("source", "events"),
                    "ids", List.of("bucket", "marks"));

    private final RealPostgres postgres;

    TableSinks(RealPostgres postgres) {
        this.postgres = postgres;
    }

    @Override
    public List<String> definitions() {
        return List.of(
                "{name: warehouse, from: [%s], postgres: {url: \"%s\", tables: {%s}}}"
                        .formatted(
                                String.join(", ", AGGREGATES),
                                postgres.url(),
                                String.join(
                                        ", ",
                                        AGGREGATES.stream()
                                                .map(name -> name + ": " + name)
                                                .toList())));
    }

    @Override
    public void requireSame(ServerApi api) {
        for (String aggregate : AGGREGATES) {
            List<String> shown = ShownRows.of(api, PIPELINE, aggregate);
            ShownRows.requireSame("table " + aggregate, rows(postgres, aggregate), shown);
        }
    }

    /** Rows of the table of an aggregate, as the lines of rows. */
    static List<String> rows(RealPostgres postgres, String aggregate) {
        return rows(postgres, aggregate, Objects.requireNonNull(COLUMNS.get(aggregate)));
    }

    /**
     * @param columns of one group and of values
     */
    static List<String> rows(RealPostgres postgres, String table, List<String> columns) {
        StringBuilder query = new StringBuilder("select ");
        query.append("(extract(epoch from window_start) * 1000)::bigint, ");
        query.append("(extract(epoch from window_end) * 1000)::bigint, ");
        query.append(columns.getFirst());
        columns.stream()
                .skip(1)
                .forEach(value -> query.append(", trim_scale(").append(value).append("::numeric)"));
        query.append(", revision, case when final then 'true' else 'false' end from ");
        return postgres.rows(query.append(table).toString());
    }
}
