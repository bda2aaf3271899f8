package dev.millrace.core.pipeline;

import dev.millrace.core.event.FieldPath;
import dev.millrace.core.pipeline.Node.Mapping;
import dev.millrace.core.pipeline.Node.Member;
import dev.millrace.core.pipeline.Stage.Enrich;
import dev.millrace.core.pipeline.Stage.Enrich.OnMissing;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads what stands under {@code enrich}, and {@code retry}. For one file. */
final class LookupReader {
    private static final List<String> SOURCES = List.of("table", "postgres", "http");

    /** What has a meaning only where a lookup takes time. */
    private static final List<String> REMOTE_KEYS = List.of("timeout", "cache", "retry");

    private static final List<String> ON_MISSING = List.of("pass", "dead-letter");

    private static final Pattern HTTP_URL = Pattern.compile("(https?://|\\$\\{).+");
    private static final Pattern POSTGRES_URL =
            Pattern.compile("(jdbc:postgresql:|postgres(ql)?://|\\$\\{).+");

    private final NodeReader nodes;
    private final Problems problems;

    LookupReader(NodeReader nodes, Problems problems) {
        this.nodes = nodes;
        this.problems = problems;
    }

    /** A stage but for its name; empty if anything in it is wrong. */
    Optional<Function<String, Stage>> enrich(Node node) {
        Optional<Mapping> mapping =
                nodes.mapping(
                        node, "a mapping like {table: sites.csv, match: source, into: data.site}");
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        Section section = new Section(mapping.get(), Keys.ENRICH, problems);
        Optional<String> kind = section.oneOf("enrich", SOURCES);
        Optional<String> column =
                section.companion("column", "table", false)
                        .flatMap(key ->
                                section.optional(
                                        key, n -> nodes.textWithVariables(n, "a column's name")));
        Optional<LookupSource> source =
                kind.flatMap(key -> section.optional(key, n -> source(key, n, column)));
        Optional<FieldPath> match = section.required("match", nodes::plainPath);
        Optional<FieldPath> into = section.required("into", this::target);
        Optional<OnMissing> onMissing = section.optional("onMissing", this::onMissing);
        Optional<Duration> timeout =
                section.optional("timeout", n -> nodes.duration(n, Limits.LOOKUP_TIMEOUT));
        Optional<Enrich.Cache> cache = section.optional("cache", this::cache);
        Optional<Stage.Retry> retry = section.optional("retry", this::retry);
        if (section.has("table")) {
            REMOTE_KEYS.stream()
                    .filter(section::has)
                    .forEach(key ->
                            problems.add(
                                    section.placeOf(key),
                                    "'%s' has no meaning for a table".formatted(key)));
        }
        if (source.isEmpty() || match.isEmpty() || into.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(name ->
                new Enrich(
                        name,
                        source.get(),
                        match.get(),
                        into.get(),
                        onMissing.orElse(OnMissing.PASS),
                        timeout.orElse(Limits.LOOKUP_TIMEOUT_DEFAULT),
                        cache.orElse(Limits.CACHE_DEFAULT),
                        retry.orElse(Stage.Retry.NONE)));
    }

    private Optional<LookupSource> source(String kind, Node node, Optional<String> column) {
        return switch (kind) {
            case "table" ->
                    nodes.textWithVariables(node, "the name of a file")
                            .map(f -> new LookupSource.Table(f, column));
            case "postgres" -> postgres(node);
            case "http" -> http(node);
            default -> throw new IllegalArgumentException("unknown source: " + kind);
        };
    }

    private Optional<LookupSource> postgres(Node node) {
        Optional<Mapping> mapping =
                nodes.mapping(node, "a mapping like {url: \"${DATABASE_URL}\", query: \"…\"}");
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        Section section = new Section(mapping.get(), Keys.POSTGRES, problems);
        Optional<String> url =
                section.required(
                        "url",
                        n ->
                                nodes.textWithVariables(
                                        n, POSTGRES_URL, "a URL like postgresql://host/database"));
        Optional<String> query = section.required("query", this::query);
        return url.flatMap(u -> query.map(q -> new LookupSource.Postgres(u, q)));
    }

    private Optional<String> query(Node node) {
        String expected =
                "a query with one ? for the value, like SELECT name FROM sites WHERE id = ?";
        return nodes.textWithVariables(node, expected)
                .filter(query ->
                        nodes.holds(
                                query.chars().filter(c -> c == '?').count() == 1, node, expected));
    }

    private Optional<LookupSource> http(Node node) {
        Optional<Mapping> mapping =
                nodes.mapping(node, "a mapping like {url: \"https://example.org/{value}\"}");
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        Section section = new Section(mapping.get(), Keys.HTTP, problems);
        String expected = "a URL with {value} in it, like https://example.org/sites/{value}";
        Optional<String> url =
                section.required(
                        "url",
                        n ->
                                nodes.textWithVariables(n, HTTP_URL, expected)
                                        .filter(text ->
                                                nodes.holds(
                                                        text.contains("{value}"), n, expected)));
        Optional<Map<String, String>> headers = section.optional("headers", this::headers);
        return url.map(u -> new LookupSource.Http(u, headers.orElse(Map.of())));
    }

    private Optional<Map<String, String>> headers(Node node) {
        Optional<Mapping> mapping = nodes.mapping(node, "a mapping of header names to values");
        return mapping.map(given -> {
            Map<String, String> headers = new LinkedHashMap<>();
            for (Map.Entry<String, Member> one : given.members().entrySet()) {
                nodes.textWithVariables(one.getValue().value(), "a header's value")
                        .ifPresent(value -> headers.put(one.getKey(), value));
            }
            return headers;
        });
    }

    private Optional<FieldPath> target(Node node) {
        return nodes.path(node)
                .filter(path ->
                        nodes.holds(
                                Assignment.isAssignable(path),
                                node,
                                "a field in data, like data.site"));
    }

    private Optional<OnMissing> onMissing(Node node) {
        return nodes.word(node, "policy", String.join(" or ", ON_MISSING), ON_MISSING)
                .map(one -> one.equals("pass") ? OnMissing.PASS : OnMissing.DEAD_LETTER);
    }

    private Optional<Enrich.Cache> cache(Node node) {
        Optional<Mapping> mapping = nodes.mapping(node, "a mapping like {size: 10000, age: 5m}");
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        Section section = new Section(mapping.get(), Keys.CACHE, problems);
        Optional<Integer> size =
                section.optional("size", n -> nodes.smallNumber(n, Limits.CACHE_ENTRIES));
        Optional<Duration> age = section.optional("age", n -> nodes.duration(n, Limits.DURATION));
        return Optional.of(
                new Enrich.Cache(
                        size.orElse(Limits.CACHE_DEFAULT.entries()),
                        age.orElse(Limits.CACHE_DEFAULT.age())));
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
