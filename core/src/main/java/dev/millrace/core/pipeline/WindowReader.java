package dev.millrace.core.pipeline;

import dev.millrace.core.pipeline.Node.Mapping;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/** Reads a {@code window}. For one file. */
final class WindowReader {
    private static final List<String> KINDS = List.of("tumbling", "sliding", "session");

    private final NodeReader nodes;
    private final Problems problems;

    WindowReader(NodeReader nodes, Problems problems) {
        this.nodes = nodes;
        this.problems = problems;
    }

    /** Empty if anything in it is wrong. */
    Optional<Window> read(Node node) {
        Optional<Mapping> mapping = nodes.mapping(node, "a mapping like {tumbling: 5m}");
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        Section section = new Section(mapping.get(), Keys.WINDOW, problems);
        Optional<String> kind = section.oneOf("a window", KINDS);
        Optional<Duration> size = kind.flatMap(key -> size(section, key));
        Optional<Duration> every =
                section.companion("every", "sliding", true).flatMap(key -> size(section, key));
        Optional<ZoneId> zone = section.optional("zone", this::zone);
        if (zone.isPresent() && section.has("session")) {
            problems.add(
                    section.placeOf("zone"),
                    "'zone' goes with tumbling or sliding: sessions follow no calendar");
            return Optional.empty();
        }
        boolean incomplete =
                kind.isEmpty()
                        || size.isEmpty()
                        || section.has("zone") != zone.isPresent()
                        || kind.get().equals("sliding") && every.isEmpty();
        return incomplete ? Optional.empty() : window(section, kind.get(), size.get(), every, zone);
    }

    private Optional<Window> window(
            Section section,
            String kind,
            Duration size,
            Optional<Duration> every,
            Optional<ZoneId> zone) {
        return switch (kind) {
            case "tumbling" ->
                    zoned(section, "tumbling", size, zone)
                            ? Optional.of(new Window.Tumbling(size, zone))
                            : Optional.empty();
            case "sliding" -> sliding(section, size, every.orElseThrow(), zone);
            case "session" -> Optional.of(new Window.Session(size));
            default -> throw new IllegalArgumentException("unknown window: " + kind);
        };
    }

    private Optional<Window> sliding(
            Section section, Duration size, Duration every, Optional<ZoneId> zone) {
        if (size.toMillis() % every.toMillis() != 0) {
            problems.add(
                    section.placeOf("every"),
                    "'every' must divide the window's size, but %s does not divide %s"
                            .formatted(Durations.format(every), Durations.format(size)));
            return Optional.empty();
        }
        if (size.toMillis() / every.toMillis() > Limits.SLICES_MAX) {
            problems.add(
                    section.placeOf("every"),
                    "a window can start at most %d times in its size, not every %s of %s"
                            .formatted(
                                    Limits.SLICES_MAX,
                                    Durations.format(every),
                                    Durations.format(size)));
            return Optional.empty();
        }
        return zoned(section, "every", every, zone)
                ? Optional.of(new Window.Sliding(size, every, zone))
                : Optional.empty();
    }

    private boolean zoned(Section section, String key, Duration size, Optional<ZoneId> zone) {
        boolean right = zone.isEmpty() || Window.fillsDays(size);
        if (!right) {
            problems.add(
                    section.placeOf(key),
                    "with a zone, '%s' must divide a day or be whole days, is %s"
                            .formatted(key, Durations.format(size)));
        }
        return right;
    }

    private Optional<Duration> size(Section section, String key) {
        return section.optional(key, n -> nodes.duration(n, Limits.WINDOW_SIZE));
    }

    private Optional<ZoneId> zone(Node node) {
        String expected = "a time zone like Europe/Berlin or UTC";
        return nodes.text(node, expected)
                .flatMap(name -> {
                    try {
                        return Optional.of(ZoneId.of(name));
                    } catch (DateTimeException unknown) {
                        return nodes.wrong(node, expected);
                    }
                });
    }
}
