package dev.millrace.server.http;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.engine.LetterFilter;
import dev.millrace.engine.LetterPage;
import dev.millrace.engine.Pipeline;

import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code …/dead-letters}: listing, showing, counting and deleting. */
final class LetterRoutes {
    static final String PATH = Pipelines.PATH + "/dead-letters";

    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1_000;
    private static final Set<String> FILTER = Set.of("kind", "stage", "fingerprint");
    private static final Set<String> LIST =
            Set.of("kind", "stage", "fingerprint", "limit", "after");

    private final Pipelines pipelines;

    LetterRoutes(Pipelines pipelines) {
        this.pipelines = pipelines;
    }

    /** After the routes of replays, whose paths look like letters. */
    void addTo(Routes routes) {
        routes.add(Method.GET, PATH + "/summary", this::summary)
                .add(Method.GET, PATH, this::list)
                .add(Method.DELETE, PATH, this::deleteMatching)
                .add(Method.GET, PATH + "/{letter}", this::show)
                .add(Method.DELETE, PATH + "/{letter}", this::delete);
    }

    private void list(ServerRequest request, ServerResponse response) {
        Query query = Query.of(request, LIST);
        Pipeline pipeline = pipelines.of(request);
        int limit = query.limit(DEFAULT_LIMIT, MAX_LIMIT);
        Optional<LetterId> after = query.text("after").map(LetterJson::id);
        LetterPage page =
                filter(query)
                        .map(filter -> pipeline.letters(filter, after, limit))
                        .orElse(new LetterPage(List.of(), Optional.empty()));
        Answers.json(
                request,
                response,
                json -> {
                    json.writeArrayPropertyStart("deadLetters");
                    for (DeadLetter letter : page.letters()) {
                        json.writeStartObject();
                        LetterJson.write(json, letter);
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                    JsonBody.member(json, "next", page.next().map(LetterId::toString).orElse(null));
                });
    }

    private void show(ServerRequest request, ServerResponse response) {
        Query.none(request);
        Pipeline pipeline = pipelines.of(request);
        LetterId id = idOf(request);
        DeadLetter letter = pipeline.letter(id).orElseThrow(() -> missing(id));
        Answers.json(request, response, json -> LetterJson.write(json, letter));
    }

    private void summary(ServerRequest request, ServerResponse response) {
        Query query = Query.of(request, FILTER);
        Pipeline pipeline = pipelines.of(request);
        LetterSummary summary = new LetterSummary();
        filter(query).ifPresent(filter -> summary.count(pipeline, filter));
        Answers.json(request, response, summary::write);
    }

    private void delete(ServerRequest request, ServerResponse response) {
        Query.none(request);
        Pipeline pipeline = pipelines.of(request);
        LetterId id = idOf(request);
        if (pipeline.discard(List.of(id)) == 0) {
            throw missing(id);
        }
        answerDeleted(request, response, 1);
    }

    private void deleteMatching(ServerRequest request, ServerResponse response) {
        Query query = Query.of(request, FILTER);
        Pipeline pipeline = pipelines.of(request);
        if (FILTER.stream().noneMatch(name -> query.text(name).isPresent())) {
            throw Refusal.invalidRequest(
                    "Say which letters: kind, stage or fingerprint is required.");
        }
        int deleted =
                filter(query)
                        .map(filter -> discard(pipeline, filter, System.currentTimeMillis()))
                        .orElse(0);
        answerDeleted(request, response, deleted);
    }

    /** Letters that are written meanwhile stay, so that this comes to an end. */
    private static int discard(Pipeline pipeline, LetterFilter filter, long untilMs) {
        int deleted = 0;
        Optional<LetterId> after = Optional.empty();
        do {
            LetterPage page = pipeline.letters(filter, after, MAX_LIMIT);
            List<LetterId> ids =
                    page.letters().stream()
                            .map(DeadLetter::id)
                            .filter(id -> id.timeMs() <= untilMs)
                            .toList();
            if (ids.isEmpty()) {
                break;
            }
            deleted += pipeline.discard(ids);
            after = page.next();
        } while (after.isPresent());
        return deleted;
    }

    private static void answerDeleted(ServerRequest request, ServerResponse response, int deleted) {
        Answers.json(request, response, json -> json.writeNumberProperty("deleted", deleted));
    }

    /** Empty if no letter of this version can match. */
    private static Optional<LetterFilter> filter(Query query) {
        return LetterJson.filter(
                query.text("kind"), query.text("stage"), query.text("fingerprint"));
    }

    private static LetterId idOf(ServerRequest request) {
        return LetterJson.id(request.path().pathParameters().get("letter"));
    }

    private static Refusal missing(LetterId id) {
        return new Refusal(ProblemType.NOT_FOUND, "There is no dead letter '" + id + "'.");
    }
}
