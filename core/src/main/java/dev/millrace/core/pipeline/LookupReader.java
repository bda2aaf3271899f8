package dev.millrace.core.pipeline;

import dev.millrace.core.event.FieldPath;
import dev.millrace.core.pipeline.Node.Mapping;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads what stands under {@code enrich}, and {@code retry}. For one file. */
final class LookupReader {
    private final NodeReader nodes;
    private final Problems problems;

    LookupReader(NodeReader nodes, Problems problems) {
        this.nodes = nodes;
        this.problems = problems;
    }

    Optional<Function<String, Stage>> enrich(Node node) {
        Optional<Mapping> mapping =
                nodes.mapping(
                        node, "a mapping like {table: sites.csv, match: source, into: data.site}");
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        Section section = new Section(mapping.get(), Keys.ENRICH, problems);
        Optional<LookupSource> source = source(section);
        Optional<FieldPath> match = section.required("match", nodes::plainPath);
        Optional<FieldPath> into = section.required("into", nodes::path);
        Optional<Stage.Enrich.OnMissing> onMissing =
                section.optional("onMissing", n -> nodes.text(n, "pass or dead-letter"))
                        .map(text ->
                                text.equals("pass")
                                        ? Stage.Enrich.OnMissing.PASS
                                        : Stage.Enrich.OnMissing.DEAD_LETTER);
        Optional<Duration> timeout =
                section.optional("timeout", n -> nodes.duration(n, Limits.LOOKUP_TIMEOUT));
        Optional<Stage.Retry> retry = section.optional("retry", this::retry);
        if (source.isEmpty() || match.isEmpty() || into.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(name ->
                new Stage.Enrich(
                        name,
                        source.get(),
                        match.get(),
                        into.get(),
                        onMissing.orElse(Stage.Enrich.OnMissing.PASS),
                        timeout.orElse(Limits.LOOKUP_TIMEOUT_DEFAULT),
                        new Stage.Enrich.Cache(
                                Limits.CACHE_ENTRIES_DEFAULT, Limits.CACHE_AGE_DEFAULT),
                        retry.orElse(Stage.Retry.NONE)));
    }

    private Optional<LookupSource> source(Section section) {
        Optional<String> column = section.optional("column", n -> nodes.text(n, "a column"));
        Optional<LookupSource> table =
                section.optional("table", n -> nodes.text(n, "the name of a file"))
                        .map(file -> new LookupSource.Table(file, column));
        Optional<LookupSource> postgres =
                section.optional("postgres", n -> nodes.mapping(n, "a mapping"))
                        .map(m -> new LookupSource.Postgres(text(m, "url"), text(m, "query")));
        Optional<LookupSource> http =
                section.optional("http", n -> nodes.mapping(n, "a mapping"))
                        .map(m -> new LookupSource.Http(text(m, "url"), headers(m)));
        return table.or(() -> postgres).or(() -> http);
    }

    private String text(Mapping mapping, String key) {
        Node node = mapping.value(key);
        return node == null ? "" : nodes.text(node, "a text").orElse("");
    }

    private Map<String, String> headers(Mapping mapping) {
        Map<String, String> headers = new HashMap<>();
        if (mapping.value("headers") instanceof Mapping given) {
            given.members()
                    .forEach((name, member) ->
                            nodes.text(member.value(), "a text")
                                    .ifPresent(value -> headers.put(name, value)));
        }
        return headers;
    }

    /** {@code {attempts: 3, backoff: 100ms}}. */
    Optional<Stage.Retry> retry(Node node) {
        Optional<Mapping> mapping =
                nodes.mapping(node, "a mapping like {attempts: 3, backoff: 100ms}");
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        Section section = new Section(mapping.get(), Keys.RETRY, problems);
        Optional<Integer> attempts =
                section.required("attempts", n -> nodes.smallNumber(n, Limits.RETRY_ATTEMPTS));
        Optional<Duration> backoff =
                section.optional("backoff", n -> nodes.duration(n, Limits.RETRY_BACKOFF));
        return attempts.map(
                count -> new Stage.Retry(count, backoff.orElse(Limits.RETRY_BACKOFF_DEFAULT)));
    }
}
