package dev.millrace.examples.embed;

import static dev.millrace.embed.Aggregate.tumbling;

import static java.time.Duration.ofMinutes;

import dev.millrace.core.handler.PlainEvent;
import dev.millrace.embed.IngestResult;
import dev.millrace.embed.Millrace;
import dev.millrace.embed.Pipeline;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** Counts page views and visitors by country, page and five minutes, in this process. */
public final class WebNumbers {
    private WebNumbers() {}

    /**
     * @param arguments the data folder
     */
    public static void main(String[] arguments) {
        Countries countries = new Countries();
        Pipeline web =
                Pipeline.named("web")
                        .key("data.visitor")
                        .filter("page views", event -> event.type().equals("page_view"))
                        .handle(
                                "geo",
                                (event, _) ->
                                        event.with(
                                                "data.country",
                                                countries.of(event.text("data.ip"))))
                        .aggregate(
                                "views",
                                tumbling(ofMinutes(5))
                                        .by("data.country", "data.url")
                                        .count("views")
                                        .distinct("visitors", "data.visitor"))
                        .build();

        try (Millrace millrace = Millrace.open(Path.of(arguments[0]))) {
            millrace.register(web);
            millrace.subscribe(
                    "web",
                    "views",
                    rows -> System.out.println(rows.rows().size() + " rows have changed"));

            switch (millrace.ingest("web", events())) {
                case IngestResult.Accepted accepted ->
                        System.out.println(accepted.accepted() + " events are on disk");
                case IngestResult.QueueFull full ->
                        System.out.println("try again in " + full.retryAfter());
            }

            millrace.advance("web");
            millrace.rows("web", "views")
                    .forEach(row -> System.out.println(row.group() + " " + row.values()));
            millrace.deadLetters("web")
                    .forEach(letter -> System.out.println("dead: " + letter.message()));
        }
    }

    private static List<PlainEvent> events() {
        return List.of(
                view("1", "/", "ada", "192.0.2.7"),
                view("2", "/prices", "ada", "192.0.2.7"),
                view("3", "/", "bob", "192.0.2.8"),
                view("4", "/", "eve", "198.51.100.4"),
                view("5", "/", "mallory", "not an address"),
                event("6", "click").with("data.visitor", "ada"));
    }

    private static PlainEvent view(String id, String url, String visitor, String ip) {
        return event(id, "page_view")
                .with("data.url", url)
                .with("data.visitor", visitor)
                .with("data.ip", ip);
    }

    private static PlainEvent event(String id, String type) {
        return PlainEvent.of(
                id, type, "shop.example", Instant.parse("2026-03-01T12:00:00Z").toEpochMilli());
    }
}
