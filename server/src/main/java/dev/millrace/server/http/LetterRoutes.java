package dev.millrace.server.http;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterSummary;
import dev.millrace.engine.Discarded;
import dev.millrace.engine.LetterPage;
import dev.millrace.engine.Pipeline;
import dev.millrace.engine.SourceShare;

import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code …/dead-letters}: listing, showing, counting and deleting. */
final class LetterRoutes {
    static final String PATH = Pipelines.PATH + "/dead-letters";

    private static final int DEFAULT_LIMIT = 100;
    static final int MAX_LIMIT = 1_000;

    /** Causes in one summary, and sources. */
    static final int SUMMED_UP = 1_000;

    private static final int SOURCES_LISTED = 100;

    /**
     * Well below the patience of clients: what is not deleted by then is a matter of asking again.
     */
    static final Duration DELETES_FOR = Duration.ofSeconds(20);

    private static final Set<String> LIST =
            Stream.concat(LetterFilters.NAMES.stream(), Stream.of("limit", "after"))
                    .collect(Collectors.toUnmodifiableSet());

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
        LetterPage page = pipeline.letters(LetterFilters.of(query), after, limit);
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
        Answers.json(request, response, json -> LetterJson.writeWhole(json, letter));
    }

    private void summary(ServerRequest request, ServerResponse response) {
        Query query = Query.of(request, LetterFilters.NAMES);
        Pipeline pipeline = pipelines.of(request);
        LetterSummary summary = pipeline.letterSummary(LetterFilters.of(query), SUMMED_UP);
        List<SourceShare> sources = pipeline.letterSources(SOURCES_LISTED);
        Answers.json(request, response, json -> LetterJson.write(json, summary, sources));
    }

    private void delete(ServerRequest request, ServerResponse response) {
        Query.none(request);
        Pipeline pipeline = pipelines.of(request);
        LetterId id = idOf(request);
        if (pipeline.discard(List.of(id)) == 0) {
            throw missing(id);
        }
        Answers.json(request, response, json -> json.writeNumberProperty("deleted", 1));
    }

    private void deleteMatching(ServerRequest request, ServerResponse response) {
        Query query = Query.of(request, LetterFilters.NAMES);
        Pipeline pipeline = pipelines.of(request);
        LetterFilter filter = LetterFilters.of(query);
        if (filter.equals(LetterFilter.ALL)) {
            throw Refusal.invalidRequest(
                    "Say which letters to delete; one or more of these is required: "
                            + String.join(", ", new TreeSet<>(LetterFilters.NAMES))
                            + ".");
        }
        Discarded discarded = pipeline.discard(filter, DELETES_FOR);
        Answers.json(
                request,
                response,
                json -> {
                    json.writeNumberProperty("deleted", discarded.letters());
                    json.writeBooleanProperty("done", discarded.done());
                });
    }

    private static LetterId idOf(ServerRequest request) {
        return LetterJson.id(request.path().pathParameters().get("letter"));
    }

    private static Refusal missing(LetterId id) {
        return new Refusal(ProblemType.NOT_FOUND, "There is no dead letter '" + id + "'.");
    }
}
