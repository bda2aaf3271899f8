package dev.millrace.embed;

import static dev.millrace.embed.Aggregate.session;
import static dev.millrace.embed.Aggregate.sliding;
import static dev.millrace.embed.Aggregate.tumbling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import static java.time.Duration.ofMinutes;

import dev.millrace.core.aggregate.Row;
import dev.millrace.core.handler.Handled;
import dev.millrace.core.handler.Handler;
import dev.millrace.core.handler.PlainEvent;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/** Pipelines in Java, on a real folder. */
class MillraceTest {
    private static final long NOON_MS = 1_767_268_800_000L;

    @TempDir private Path folder;
    private Millrace millrace;

    @BeforeEach
    void open() {
        millrace = Millrace.open(folder);
    }

    @AfterEach
    void close() {
        millrace.close();
    }

    @Test
    void eventsBecomeRows() {
        register((event, _) -> event.with("data.page", "page " + event.text("data.path")));

        IngestResult result = millrace.ingest("web", List.of(view("1", "/a"), view("2", "/a")));
        millrace.advance("web");

        assertThat(result).isEqualTo(new IngestResult.Accepted(2, 0, List.of()));
        assertThat(millrace.rows("web", "views"))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.group()).isEqualTo(Map.of("data.page", "page /a"));
                    assertThat(row.values()).isEqualTo(Map.of("views", 2L));
                    assertThat(row.isFinal()).isTrue();
                });
    }

    @Test
    void oneEventBecomesNoneOrMany() {
        register((event, _) ->
                event.text("data.path").equals("/")
                        ? Handled.none()
                        : Handled.many(event.with("data.page", "x"), event.with("data.page", "y")));

        ingest(view("1", "/"), view("2", "/a"));

        assertThat(millrace.rows("web", "views"))
                .extracting(row -> row.group().get("data.page"))
                .containsExactlyInAnyOrder("x", "y");
    }

    @Test
    void definitionThatDiffersIsAnotherVersionAndOtherCodeIsNot() {
        assertThat(register((event, _) -> event)).isEqualTo(1);
        assertThat(register((event, _) -> event.with("data.page", "x"))).isEqualTo(1);
        ingest(view("1", "/a"));
        assertThat(millrace.rows("web", "views"))
                .singleElement()
                .satisfies(row -> assertThat(row.group()).containsEntry("data.page", "x"));

        Pipeline other =
                Pipeline.named("web")
                        .filter("all", _ -> true)
                        .handle("page", (event, _) -> event)
                        .aggregate("views", tumbling(ofMinutes(5)).by("data.page").count("views"))
                        .build();
        assertThat(millrace.register(other)).isEqualTo(2);
    }

    @Test
    void deadLetterIsReplayedOnceTheCodeIsMended() {
        register((event, _) -> event.with("data.page", event.text("data.nothing")));
        ingest(view("1", "/a"));
        assertThat(millrace.deadLetters("web"))
                .singleElement()
                .satisfies(letter ->
                        assertThat(letter.message())
                                .endsWith("data.nothing must be a string, is missing"));

        register((event, _) -> event.with("data.page", "x"));
        assertThat(millrace.replay("web").replayed()).isEqualTo(1);

        assertThat(millrace.deadLetters("web")).isEmpty();
        assertThat(millrace.rows("web", "views")).hasSize(1);
    }

    @Test
    void pipelineWaitsForItsCodeWhenTheFolderIsOpenedAgain() {
        register((event, _) -> event.with("data.page", "x"));
        ingest(view("1", "/a"));
        millrace.close();
        open();

        assertThatThrownBy(() -> millrace.ingest("web", List.of(view("2", "/a"))))
                .hasMessage("pipeline web waits to be registered");
        assertThat(register((event, _) -> event.with("data.page", "x"))).isEqualTo(1);
        ingest(view("1", "/a"), view("2", "/a"));

        assertThat(millrace.rows("web", "views"))
                .singleElement()
                .satisfies(row -> assertThat(row.values()).containsEntry("views", 2L));
    }

    @Test
    void fullQueueIsAnAnswerThatNamesTheStage() {
        CountDownLatch released = new CountDownLatch(1);
        millrace.register(
                Pipeline.named("web")
                        .queueLimit(10)
                        .partitions(1)
                        .handle(
                                "slow",
                                (event, _) -> {
                                    released.await();
                                    return event;
                                })
                        .build());
        IngestResult first = millrace.ingest("web", List.of(view("0", "/")));
        assertThat(first).isInstanceOf(IngestResult.Accepted.class);
        List<PlainEvent> batch =
                IntStream.rangeClosed(1, 10).mapToObj(i -> view("b" + i, "/")).toList();

        await().untilAsserted(() ->
                assertThat(millrace.ingest("web", batch))
                        .isInstanceOfSatisfying(
                                IngestResult.QueueFull.class,
                                full -> {
                                    assertThat(full.bottleneck()).isEqualTo("stage:slow");
                                    assertThat(full.retryAfter()).isPositive();
                                }));
        released.countDown();
    }

    @Test
    void subscriberHearsOfEveryCommitInOrder() {
        register((event, _) -> event.with("data.page", "x"));
        Queue<Rows> heard = new ConcurrentLinkedQueue<>();
        Subscription subscription = millrace.subscribe("web", "views", heard::add);

        for (int i = 0; i < 5; i++) {
            ingest(view("e" + i, "/"));
        }
        subscription.close();

        List<Rows> all = new ArrayList<>(heard);
        assertThat(all).extracting(Rows::revision).isSorted().doesNotHaveDuplicates();
        assertThat(all).extracting(Rows::missed).containsOnly(0L);
        assertThat(all.getLast().rows())
                .singleElement()
                .satisfies(row -> assertThat(row.isFinal()).isTrue());
    }

    @Test
    void closingTellsSubscribersOfTheLastCommit() {
        register((event, _) -> event.with("data.page", "x"));
        Queue<Row> heard = new ConcurrentLinkedQueue<>();
        Subscription _ = millrace.subscribe("web", "views", rows -> rows.forEach(heard::add));

        IngestResult _ = millrace.ingest("web", List.of(view("1", "/")));
        millrace.close();

        assertThat(heard).isNotEmpty();
        open();
    }

    @Test
    void subscriberHearsOfTheCurrentWindowOfASlidingAggregate() {
        millrace.register(
                Pipeline.named("web")
                        .aggregate("now", sliding(ofMinutes(5), ofMinutes(1)).count("views"))
                        .build());
        Queue<Row> heard = new ConcurrentLinkedQueue<>();
        Subscription _ = millrace.subscribe("web", "now", rows -> rows.forEach(heard::add));

        long nowMs = System.currentTimeMillis();
        IngestResult result =
                millrace.ingest("web", List.of(PlainEvent.of("1", "page_view", "s", nowMs)));

        assertThat(result).isInstanceOf(IngestResult.Accepted.class);
        await().until(() -> !heard.isEmpty());
        assertThat(heard)
                .allSatisfy(row -> {
                    assertThat(row.values()).isEqualTo(Map.of("views", 1L));
                    assertThat(row.windowEndMs()).isGreaterThan(nowMs);
                });
    }

    @Test
    void subscriberHearsOfSessions() {
        millrace.register(
                Pipeline.named("web")
                        .aggregate("visits", session(ofMinutes(30)).count("views"))
                        .build());
        Queue<Row> heard = new ConcurrentLinkedQueue<>();
        Subscription subscription =
                millrace.subscribe("web", "visits", rows -> rows.forEach(heard::add));

        ingest(view("1", "/a"), view("2", "/b"));
        subscription.close();

        assertThat(heard)
                .last()
                .satisfies(row -> assertThat(row.values()).isEqualTo(Map.of("views", 2L)));
    }

    @Test
    void subscriberThatIsTooSlowIsToldWhatItMissedAndHoldsUpNothing() {
        register((event, _) -> event.with("data.page", event.id()));
        CountDownLatch released = new CountDownLatch(1);
        Queue<Rows> heard = new ConcurrentLinkedQueue<>();
        Subscription subscription =
                millrace.subscribe(
                        "web",
                        "views",
                        rows -> {
                            heard.add(rows);
                            pass(released);
                        });
        for (int i = 0; i < Subscription.COMMITS_MAX + 10; i++) {
            ingest(view("e" + i, "/"));
        }
        await().until(() -> heard.size() == 1);

        released.countDown();
        await().until(() -> heard.size() > Subscription.COMMITS_MAX / 2);
        ingest(view("last", "/"));
        subscription.close();

        assertThat(heard.stream().mapToLong(Rows::missed).sum()).isPositive();
    }

    @Test
    void subscriberThatThrowsHearsOfTheNextCommitToo() {
        register((event, _) -> event.with("data.page", event.text("data.path")));
        Queue<Rows> heard = new ConcurrentLinkedQueue<>();
        Subscription subscription =
                millrace.subscribe(
                        "web",
                        "views",
                        rows -> {
                            heard.add(rows);
                            throw new IllegalStateException("broken");
                        });

        ingest(view("1", "/a"));
        ingest(view("2", "/b"));
        subscription.close();

        assertThat(heard).hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void whatIsNotThereIsNamed() {
        assertThatThrownBy(() -> millrace.rows("web", "views"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no pipeline web");
        register((event, _) -> event);
        assertThatThrownBy(() -> millrace.subscribe("web", "viws", _ -> {}))
                .hasMessage("pipeline web has no aggregate viws");
    }

    private int register(Handler page) {
        return millrace.register(
                Pipeline.named("web")
                        .handle("page", page)
                        .aggregate("views", tumbling(ofMinutes(5)).by("data.page").count("views"))
                        .build());
    }

    /** Until the rows are there. */
    private void ingest(PlainEvent... events) {
        assertThat(millrace.ingest("web", List.of(events)))
                .isInstanceOf(IngestResult.Accepted.class);
        millrace.advance("web");
    }

    private static void pass(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static PlainEvent view(String id, String path) {
        return PlainEvent.of(id, "page_view", "shop.example", NOON_MS).with("data.path", path);
    }
}
