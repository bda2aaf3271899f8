package dev.millrace.server.fault;

import dev.millrace.testing.fault.FaultSinks;
import dev.millrace.testing.server.ServerApi;
import dev.millrace.testing.system.RealPostgres;

import java.util.List;
import java.util.function.Predicate;

/** A table of PostgreSQL that refuses the rows of one site until it is altered. */
final class PickySinks implements FaultSinks {
    private static final String REFUSED = "site-3";

    private final RealPostgres postgres;
    private boolean isMended;

    PickySinks(RealPostgres postgres) {
        this.postgres = postgres;
        postgres.run(
                """
                create table arrivals (
                    window_start timestamptz not null, window_end timestamptz not null, source text not null,
                    events bigint, revision bigint not null, final boolean not null,
                    constraint picky check (source <> '%s'))
                """
                        .formatted(REFUSED),
                "create unique index on arrivals (window_start, source) nulls not distinct");
    }

    @Override
    public List<String> definitions() {
        return List.of(
                "{name: picky, from: [arrivals], postgres: {url: \"%s\", table: arrivals}}"
                        .formatted(postgres.url()));
    }

    @Override
    public void requireSame(ServerApi api) {
        Predicate<String> isTaken = row -> isMended || !row.contains("|" + REFUSED + "|");
        ShownRows.requireSame(
                "table arrivals",
                TableSinks.rows(postgres, "arrivals"),
                ShownRows.of(api, PIPELINE, "arrivals").stream().filter(isTaken).toList());
    }

    @Override
    public void mend() {
        postgres.run("alter table arrivals drop constraint picky");
        isMended = true;
    }
}
