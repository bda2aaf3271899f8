package dev.millrace.server.http;

import dev.millrace.core.ledger.CellKey;
import dev.millrace.engine.LedgerPage;
import dev.millrace.engine.LedgerQuery;
import dev.millrace.engine.LedgerView;
import dev.millrace.engine.Pipeline;

import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import tools.jackson.core.JsonGenerator;

import java.util.Optional;
import java.util.Set;

/** The ledger of a pipeline or of one source, and by minute: {@code ledger}. */
final class LedgerRoutes {
    private static final int DEFAULT_LIMIT = 1_000;

    /** Between the minute and the source of a place. */
    private static final char SEPARATOR = '-';

    private final Pipelines pipelines;

    LedgerRoutes(Pipelines pipelines) {
        this.pipelines = pipelines;
    }

    void addTo(Routes routes) {
        routes.add(Method.GET, Pipelines.PATH + "/ledger", this::ledger)
                .add(Method.GET, Pipelines.PATH + "/ledger/minutes", this::minutes);
    }

    private void ledger(ServerRequest request, ServerResponse response) {
        Query query = Query.of(request, Set.of("source"));
        Pipeline pipeline = pipelines.of(request);
        LedgerView ledger = source(query).map(pipeline::ledger).orElseGet(() -> pipeline.ledger());
        Answers.json(request, response, json -> write(json, ledger));
    }

    private void minutes(ServerRequest request, ServerResponse response) {
        Query query = Query.of(request, Set.of("from", "to", "source", "limit", "after"));
        LedgerPage page =
                pipelines
                        .of(request)
                        .ledgerMinutes(
                                new LedgerQuery(
                                        query.number("from").orElse(Long.MIN_VALUE),
                                        query.number("to").orElse(Long.MAX_VALUE),
                                        source(query),
                                        query.limit(DEFAULT_LIMIT, LedgerQuery.MAX_LIMIT),
                                        query.text("after").map(LedgerRoutes::place)));
        Answers.json(
                request,
                response,
                json -> {
                    json.writeArrayPropertyStart("minutes");
                    for (LedgerPage.Minute minute : page.minutes()) {
                        json.writeStartObject();
                        json.writeNumberProperty("minute", minute.key().minuteMs());
                        json.writeStringProperty("source", minute.key().source());
                        write(json, minute.counts());
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                    JsonBody.member(json, "next", page.next().map(LedgerRoutes::text).orElse(null));
                });
    }

    /** Empty is a source too: that of events of which none could be read. */
    private static Optional<String> source(Query query) {
        return query.has("source")
                ? Optional.of(query.text("source").orElse(""))
                : Optional.empty();
    }

    private static String text(CellKey place) {
        return "" + place.minuteMs() + SEPARATOR + place.source();
    }

    private static CellKey place(String text) {
        int separator = text.indexOf(SEPARATOR, 1);
        Optional<Long> minuteMs =
                separator < 0 ? Optional.empty() : number(text.substring(0, separator));
        return minuteMs.map(ms -> new CellKey(ms, text.substring(separator + 1)))
                .orElseThrow(() ->
                        Refusal.invalidRequest(
                                "The parameter 'after' must be the 'next' of the page before, not '%s'."
                                        .formatted(text)));
    }

    private static Optional<Long> number(String text) {
        try {
            return Optional.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static void write(JsonGenerator json, LedgerView ledger) {
        json.writeNumberProperty("received", ledger.received());
        json.writeNumberProperty("accepted", ledger.accepted());
        json.writeNumberProperty("rejected", ledger.rejected());
        json.writeNumberProperty("exploded", ledger.exploded());
        json.writeNumberProperty("duplicate", ledger.duplicate());
        json.writeNumberProperty("filtered", ledger.filtered());
        json.writeNumberProperty("dead", ledger.dead());
        json.writeNumberProperty("discarded", ledger.discarded());
        json.writeNumberProperty("completed", ledger.completed());
        json.writeNumberProperty("inFlight", ledger.inFlight());
        JsonBody.member(json, "late", ledger.late());
        json.writeBooleanProperty("balanced", ledger.balanced());
    }
}
