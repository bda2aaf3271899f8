package dev.millrace.core.pipeline;

import dev.millrace.core.pipeline.Node.Mapping;
import dev.millrace.core.pipeline.Node.Sequence;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Reads {@code sinks} and {@code sources}. For one file. */
final class ConnectorReader {
    private final DeclaredKinds kinds;
    private final NodeReader nodes;
    private final SettingsReader settings;
    private final Problems problems;

    /** A kind with its settings. */
    private record Target(String kind, Settings settings) {}

    ConnectorReader(DeclaredKinds kinds, NodeReader nodes, Problems problems) {
        this.kinds = kinds;
        this.nodes = nodes;
        this.settings = new SettingsReader(nodes, problems);
        this.problems = problems;
    }

    /**
     * @param stages that could be read; what a sink takes is held against them if those are all
     */
    Optional<List<SinkDefinition>> sinks(Node node, Optional<List<Stage>> stages) {
        UniqueNames names = new UniqueNames("sink", nodes, problems);
        return nodes.list(
                node, "a list of sinks", Limits.SINKS_MAX, one -> sink(one, stages, names));
    }

    Optional<List<SourceDefinition>> sources(Node node) {
        UniqueNames names = new UniqueNames("source", nodes, problems);
        return nodes.list(node, "a list of sources", Limits.SOURCES_MAX, one -> source(one, names));
    }

    private Optional<SinkDefinition> sink(
            Node node, Optional<List<Stage>> stages, UniqueNames names) {
        Optional<Mapping> mapping = nodes.mapping(node, "a mapping with a name, 'from' and a kind");
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        Section section = section(mapping.get(), Keys.SINK, kinds.sinks());
        Optional<String> name =
                section.required("name", names::read)
                        .filter(one -> isNoStage(one, section, stages));
        Optional<List<String>> from = section.required("from", n -> from(n, stages));
        Optional<Long> budget = section.optional("budget", n -> nodes.size(n, Limits.SINK_BUDGET));
        Optional<SinkDefinition.Batch> batch = section.optional("batch", this::batch);
        var timeout = section.optional("timeout", n -> nodes.duration(n, Limits.SINK_TIMEOUT));
        Optional<Target> target =
                target(section, "a sink", mapping.get(), Keys.SINK, kinds.sinks());
        if (name.isEmpty() || from.isEmpty() || target.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new SinkDefinition(
                        name.get(),
                        from.get(),
                        budget.orElse(Limits.SINK_BUDGET_DEFAULT),
                        batch.orElse(Limits.BATCH_DEFAULT),
                        timeout.orElse(Limits.SINK_TIMEOUT_DEFAULT),
                        target.get().kind(),
                        target.get().settings()));
    }

    private Optional<SourceDefinition> source(Node node, UniqueNames names) {
        Optional<Mapping> mapping = nodes.mapping(node, "a mapping with a name and a kind");
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        Section section = section(mapping.get(), Keys.SOURCE, kinds.sources());
        Optional<String> name = section.required("name", names::read);
        Optional<Target> target =
                target(section, "a source", mapping.get(), Keys.SOURCE, kinds.sources());
        return name.flatMap(
                one -> target.map(its -> new SourceDefinition(one, its.kind(), its.settings())));
    }

    private Section section(Mapping mapping, List<String> common, List<DeclaredKind> declared) {
        Stream<String> ofKinds =
                kinds.isChecked()
                        ? declared.stream().map(DeclaredKind::name)
                        : mapping.members().keySet().stream().filter(key -> !common.contains(key));
        List<String> allowed = Stream.concat(common.stream(), ofKinds).toList();
        return new Section(mapping, new Keys(allowed, List.of()), problems);
    }

    private Optional<Target> target(
            Section section,
            String what,
            Mapping mapping,
            List<String> common,
            List<DeclaredKind> declared) {
        List<String> names =
                kinds.isChecked()
                        ? declared.stream().map(DeclaredKind::name).toList()
                        : mapping.members().keySet().stream()
                                .filter(key -> !common.contains(key))
                                .toList();
        if (names.isEmpty()) {
            problems.add(section.place(), what + " needs a kind, and this host has none");
            return Optional.empty();
        }
        Optional<String> kind = section.oneOf(what, names);
        Optional<Target> found = Optional.empty();
        for (String name : names) {
            Function<Node, Optional<Settings>> read =
                    DeclaredKinds.named(declared, name)
                            .<Function<Node, Optional<Settings>>>map(
                                    one -> n -> settings.read(one, n))
                            .orElse(settings::unchecked);
            Optional<Settings> its = section.optional(name, read);
            if (kind.isPresent() && kind.get().equals(name)) {
                found = its.map(one -> new Target(name, one));
            }
        }
        return found;
    }

    private Optional<SinkDefinition.Batch> batch(Node node) {
        Optional<Mapping> mapping =
                nodes.mapping(node, "a mapping like {items: 5000, bytes: 4MiB, wait: 1s}");
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        Section section = new Section(mapping.get(), Keys.BATCH, problems);
        var items = section.optional("items", n -> nodes.smallNumber(n, Limits.BATCH_ITEMS));
        var bytes = section.optional("bytes", n -> nodes.size(n, Limits.BATCH_BYTES));
        var wait = section.optional("wait", n -> nodes.duration(n, Limits.BATCH_WAIT));
        return Optional.of(
                new SinkDefinition.Batch(
                        items.orElse(Limits.BATCH_DEFAULT.items()),
                        bytes.orElse(Limits.BATCH_DEFAULT.bytes()),
                        wait.orElse(Limits.BATCH_DEFAULT.linger())));
    }

    private Optional<List<String>> from(Node node, Optional<List<Stage>> stages) {
        String expected = "a list like [views], [alerts] or [events]";
        Optional<List<String>> from =
                nodes.list(
                        node,
                        expected,
                        Limits.SINK_FROM_MAX,
                        one -> nodes.text(one, "a name").filter(text -> isFeed(one, text, stages)));
        if (from.isPresent() && from.get().isEmpty() && isEmpty(node)) {
            return nodes.wrong(node, expected + ", not empty");
        }
        if (from.isPresent() && from.get().stream().distinct().count() < from.get().size()) {
            problems.add(node.place(), "names one thing twice");
            return Optional.empty();
        }
        return from.filter(list -> !list.isEmpty());
    }

    private static boolean isEmpty(Node node) {
        return node instanceof Sequence sequence && sequence.items().isEmpty();
    }

    private boolean isFeed(Node node, String name, Optional<List<Stage>> stages) {
        if (name.equals(SinkDefinition.ALERTS)
                || name.equals(SinkDefinition.EVENTS)
                || stages.isEmpty()) {
            return true;
        }
        List<Stage.Aggregate> aggregates =
                stages.get().stream()
                        .filter(Stage.Aggregate.class::isInstance)
                        .map(Stage.Aggregate.class::cast)
                        .toList();
        for (Stage.Aggregate aggregate : aggregates) {
            if (aggregate.name().equals(name)) {
                return isStored(aggregate, node);
            }
        }
        List<String> allowed =
                Stream.concat(
                                aggregates.stream().map(Stage.Aggregate::name),
                                Stream.of(SinkDefinition.ALERTS, SinkDefinition.EVENTS))
                        .toList();
        problems.add(node.place(), Spelling.unknown("aggregate", name, allowed));
        return false;
    }

    /**
     * A commit changes slices of a sliding aggregate, and its windows are made when they are read.
     */
    private boolean isStored(Stage.Aggregate aggregate, Node node) {
        if (!(aggregate.window() instanceof Window.Sliding)) {
            return true;
        }
        problems.add(
                node.place(),
                ("'%s' is a sliding aggregate, whose windows are put together when they are read;"
                                + " a sink takes tumbling windows and sessions")
                        .formatted(aggregate.name()));
        return false;
    }

    /** Dead letters name the stage or the sink. */
    private boolean isNoStage(String name, Section section, Optional<List<Stage>> stages) {
        boolean taken =
                stages.orElse(List.of()).stream().anyMatch(stage -> stage.name().equals(name));
        if (taken) {
            problems.add(
                    section.placeOf("name"), "'%s' is already the name of a stage".formatted(name));
        }
        return !taken;
    }
}
