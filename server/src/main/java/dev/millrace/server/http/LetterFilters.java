package dev.millrace.server.http;

import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.letter.LetterKind;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Filters of dead letters as the API's queries and bodies write them. */
final class LetterFilters {
    /** The parameters that make a filter. */
    static final Set<String> NAMES = Set.of("kind", "stage", "fingerprint", "source", "parked");

    private LetterFilters() {}

    /**
     * Reads a query. A source that is there and empty means the events whose source could not be
     * read.
     *
     * @throws Refusal if a value is not what it may be
     */
    static LetterFilter of(Query query) {
        return of(
                query.text("kind"),
                query.text("stage"),
                query.text("fingerprint"),
                query.value("source"),
                query.has("parked") ? Optional.of(query.flag("parked")) : Optional.empty());
    }

    /**
     * Reads the members of a body.
     *
     * @throws Refusal if a value is not what it may be
     */
    static LetterFilter of(JsonRequest.Body body) {
        return of(
                body.text("kind"),
                body.text("stage"),
                body.text("fingerprint"),
                body.text("source"),
                Optional.empty());
    }

    private static LetterFilter of(
            Optional<String> kind,
            Optional<String> stage,
            Optional<String> fingerprint,
            Optional<String> source,
            Optional<Boolean> parked) {
        return new LetterFilter(kind.map(LetterFilters::kind), stage, fingerprint, source, parked);
    }

    private static LetterKind kind(String name) {
        return Arrays.stream(LetterKind.values())
                .filter(kind -> kind.wireName().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        Refusal.invalidRequest(
                                "There is no kind '%s'; allowed: %s."
                                        .formatted(
                                                name,
                                                Arrays.stream(LetterKind.values())
                                                        .map(LetterKind::wireName)
                                                        .collect(Collectors.joining(", ")))));
    }
}
