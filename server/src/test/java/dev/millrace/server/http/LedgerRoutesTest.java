package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.port.Commit;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.task.Checkpoint;
import dev.millrace.store.RocksStorage;
import dev.millrace.store.StoreOptions;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URLEncoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The ledger in all, by source, and by minute. */
class LedgerRoutesTest {
    private static final String LEDGER = "/v1/pipelines/web/ledger";
    private static final String MINUTES = LEDGER + "/minutes";

    @TempDir Path data;
    private Api api;

    @BeforeEach
    void start() {
        api = Api.withViews(data);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private static String of(String source, String id) {
        return Api.event(id).replace("\"source\":\"s\"", "\"source\":\"%s\"".formatted(source));
    }

    private void isSettled() {
        await().untilAsserted(() ->
                assertThat(api.get(LEDGER).hasStatus(200).json()).containsEntry("inFlight", 0L));
    }

    private List<Map<String, Object>> minutes(String query) {
        return api.get(MINUTES + query).hasStatus(200).list("minutes");
    }

    @Test
    void theLedgerBalances() {
        api.events("[" + Api.event("a") + ",7]").hasStatus(202);

        await().untilAsserted(() ->
                assertThat(api.get(LEDGER).hasStatus(200).json())
                        .isEqualTo(
                                Map.ofEntries(
                                        Map.entry("received", 2L),
                                        Map.entry("accepted", 1L),
                                        Map.entry("rejected", 1L),
                                        Map.entry("exploded", 0L),
                                        Map.entry("duplicate", 0L),
                                        Map.entry("filtered", 0L),
                                        Map.entry("dead", 0L),
                                        Map.entry("discarded", 0L),
                                        Map.entry("completed", 1L),
                                        Map.entry("inFlight", 0L),
                                        Map.entry("late", Map.of("views", 0L)),
                                        Map.entry("balanced", true))));
    }

    @Test
    void oneSourceHasALedgerOfTheSameShape() {
        api.events("[%s,%s,%s,7]".formatted(of("a b", "1"), of("a b", "1"), of("c", "1")))
                .hasStatus(202);
        isSettled();

        Map<String, Object> one = api.get(LEDGER + "?source=a%20b").hasStatus(200).json();
        assertThat(one)
                .containsEntry("received", 2L)
                .containsEntry("duplicate", 1L)
                .containsEntry("completed", 1L)
                .containsEntry("late", Map.of("views", 0L))
                .containsEntry("balanced", true);
        assertThat(one.keySet()).isEqualTo(api.get(LEDGER).json().keySet());
        assertThat(api.get(LEDGER + "?source=").json()).containsEntry("rejected", 1L);
        assertThat(api.get(LEDGER + "?source=none").json()).containsEntry("received", 0L);
    }

    @Test
    void minutesAreListedPageByPage() {
        for (String source : List.of("a-1", "b&", "c")) {
            api.events("[" + of(source, "1") + "," + of(source, "2") + "]").hasStatus(202);
        }
        isSettled();

        List<Object> sources = new ArrayList<>();
        String after = "";
        do {
            Api.Answer page = api.get(MINUTES + "?limit=1" + after).hasStatus(200);
            for (Map<String, Object> minute : page.list("minutes")) {
                sources.add(minute.get("source"));
                assertThat(minute).containsEntry("balanced", true);
                assertThat((Long) minute.get("minute"))
                        .isPositive()
                        .matches(at -> at % 60_000 == 0);
            }
            Object next = page.json().get("next");
            after = next == null ? "" : "&after=" + URLEncoder.encode((String) next, UTF_8);
        } while (!after.isEmpty());
        assertThat(sources).contains("a-1", "b&", "c");
        assertThat(sum(minutes(""))).isEqualTo(6);
    }

    @Test
    void minutesAreChosenByTimeAndSource() {
        api.events("[" + of("a", "1") + "," + of("b", "2") + "]").hasStatus(202);
        isSettled();
        long minute = (Long) minutes("?source=b").getFirst().get("minute");

        assertThat(sum(minutes("?source=b"))).isEqualTo(1);
        assertThat(sum(minutes("?from=%d&to=%d".formatted(minute, minute + 60_000)))).isEqualTo(2);
        assertThat(minutes("?to=" + minute)).isEmpty();
        assertThat(minutes("?from=" + (minute + 120_000))).isEmpty();
        assertThat(minutes("?source=none")).isEmpty();
    }

    private static long sum(List<Map<String, Object>> minutes) {
        return minutes.stream().mapToLong(minute -> (Long) minute.get("completed")).sum();
    }

    @ParameterizedTest
    @ValueSource(strings = {"?after=x", "?after=-", "?limit=0", "?limit=10001", "?from=x", "?at=1"})
    void aQueryThatIsWrongIsRefused(String query) {
        api.get(MINUTES + query).isProblem(400, "invalid-request");
    }

    @Test
    void aLedgerThatDoesNotBalanceIsToldEverywhere() {
        api.events(Api.event("a")).hasStatus(202);
        isSettled();
        api.close();
        loseOneInTheCheckpoint();

        api = Api.start(data);

        api.get("/health/ready")
                .isProblem(503, "ledger-unbalanced")
                .saying("pipeline web does not balance")
                .saying("received 2 is to be accepted 1 + rejected 0");
        api.get("/health/live").hasStatus(200);
        assertThat(api.get(LEDGER).json()).containsEntry("balanced", false);
        assertThat(api.get("/metrics").text())
                .contains("millrace_ledger_balanced_flag{pipeline=\"web\"} 0.0");
        api.events(Api.event("b")).hasStatus(202);
    }

    private void loseOneInTheCheckpoint() {
        try (RocksStorage storage = RocksStorage.open(data, StoreOptions.defaults())) {
            PipelineStore store = storage.pipelines().getFirst();
            Checkpoint good = Checkpoint.decode(store.checkpoint().orElseThrow());
            Checkpoint bad =
                    new Checkpoint(
                            good.revision(),
                            good.watermarkMs(),
                            good.totalsOffset(),
                            good.received() + 1,
                            good.rejected(),
                            good.partitions(),
                            good.sessions(),
                            good.backfill());
            store.commit(
                    new Commit(
                            bad.encode(),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(),
                            Long.MIN_VALUE,
                            List.of()));
        }
    }
}
