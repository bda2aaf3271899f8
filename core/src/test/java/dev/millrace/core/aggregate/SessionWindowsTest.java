package dev.millrace.core.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.EventReader;
import dev.millrace.core.event.FieldPath;
import dev.millrace.core.event.KeyBuffer;
import dev.millrace.core.event.Projection;
import dev.millrace.core.event.ReadLimits;
import dev.millrace.core.pipeline.LatePolicy;
import dev.millrace.core.pipeline.Stage;
import dev.millrace.core.pipeline.Value;
import dev.millrace.core.pipeline.Window;
import dev.millrace.core.port.Commit;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** Sessions held against a list of all events, sorted and cut at the gaps. */
class SessionWindowsTest {
    private static final int NUMBER = 7;
    private static final long GAP_MS = 10;
    private static final long LATENESS_MS = 5;
    private static final FieldPath GROUP = FieldPath.parse("data.g");
    private static final FieldPath AMOUNT = FieldPath.parse("data.n");
    private static final Projection PROJECTION =
            Projection.of(List.of(GROUP, AMOUNT, FieldPath.parse("source")));
    private static final EventReader READER =
            new EventReader(PROJECTION, FieldPath.parse("source"), 1, 0, ReadLimits.DEFAULT, null);

    private final Aggregation aggregation = aggregation(1_000);
    private final MemoryRows stored = new MemoryRows();
    private final List<Happened> happened = new ArrayList<>();
    private AggregateWindows windows = open(Long.MIN_VALUE, SessionMarks.NONE);
    private long watermarkMs = Long.MIN_VALUE;
    private long revision;

    private record Happened(String group, long timestampMs, long amount) {}

    private record Session(
            String group, long startMs, long endMs, long count, long sum, boolean isFinal) {}

    private static Aggregation aggregation(int maxGroups) {
        return new Aggregation(
                new Stage.Aggregate(
                        "visits",
                        new Window.Session(Duration.ofMillis(GAP_MS)),
                        Optional.empty(),
                        List.of(GROUP),
                        List.of(new Value.Count("n"), new Value.Sum("sum", AMOUNT)),
                        Duration.ofMillis(LATENESS_MS),
                        LatePolicy.CORRECT,
                        Duration.ofSeconds(1),
                        maxGroups),
                NUMBER,
                PROJECTION);
    }

    private AggregateWindows open(long atWatermarkMs, SessionMarks marks) {
        return AggregateWindows.open(aggregation, stored, atWatermarkMs, marks);
    }

    private Deltas deltas(Happened... events) {
        Deltas deltas = aggregation.newDeltas();
        List.of(events).forEach(one -> add(one, deltas));
        return deltas;
    }

    private void add(Happened one, Deltas to) {
        String json =
                """
                {"id": "x", "type": "t", "source": "s", "timestamp": %d, "data": {"g": "%s", "n": %d}}
                """
                        .formatted(one.timestampMs(), one.group(), one.amount());
        Event event = new Event(PROJECTION);
        var _ =
                event.moveTo(
                        READER.one(json.getBytes(StandardCharsets.UTF_8), one.timestampMs()), 0);
        KeyBuffer key = new KeyBuffer();
        assertThat(aggregation.keyOrProblem(event, key)).isNull();
        to.add(event, key);
        happened.add(one);
    }

    private static Happened at(long timestampMs) {
        return new Happened("a", timestampMs, timestampMs);
    }

    private List<Commit.RowChange> commit(long toMs, Deltas... parts) {
        for (Deltas part : parts) {
            windows.merge(part);
        }
        watermarkMs = toMs;
        List<Commit.RowChange> changes = new ArrayList<>();
        windows.advance(toMs, ++revision, changes);
        Set<List<Object>> places = new HashSet<>();
        changes.forEach(one ->
                assertThat(places.add(List.of(one.windowStartMs(), aggregation.group(one.group()))))
                        .isTrue());
        stored.write(changes);
        return changes;
    }

    private void restore() {
        windows = open(watermarkMs, marks());
    }

    private SessionMarks marks() {
        return windows.sessionMarks().orElseThrow();
    }

    private List<Session> rows() {
        List<Session> rows = new ArrayList<>();
        stored.rows(
                NUMBER,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                null,
                (startMs, group, value) -> {
                    Row row = aggregation.row(startMs, group, value);
                    return row.isRetracted() || rows.add(session(row));
                });
        return rows;
    }

    private static Session session(Row row) {
        return new Session(
                String.valueOf(row.group().get("data.g")),
                row.windowStartMs(),
                row.windowEndMs(),
                (Long) row.values().getOrDefault("n", -1L),
                (Long) row.values().getOrDefault("sum", -1L),
                row.isFinal());
    }

    private List<Session> expected() {
        Map<String, List<Happened>> groups = new TreeMap<>();
        happened.stream()
                .sorted(Comparator.comparingLong(Happened::timestampMs))
                .forEach(one ->
                        groups.computeIfAbsent(one.group(), _ -> new ArrayList<>()).add(one));
        List<Session> sessions = new ArrayList<>();
        groups.forEach((group, events) -> {
            int from = 0;
            for (int i = 1; i <= events.size(); i++) {
                if (i == events.size()
                        || events.get(i).timestampMs() > events.get(i - 1).timestampMs() + GAP_MS) {
                    List<Happened> one = events.subList(from, i);
                    long endMs = one.getLast().timestampMs() + GAP_MS;
                    sessions.add(
                            new Session(
                                    group,
                                    one.getFirst().timestampMs(),
                                    endMs,
                                    one.size(),
                                    one.stream().mapToLong(Happened::amount).sum(),
                                    endMs <= watermarkMs));
                    from = i;
                }
            }
        });
        return sessions;
    }

    private List<Row> retracted(List<Commit.RowChange> changes) {
        return changes.stream()
                .map(one -> aggregation.row(one.windowStartMs(), one.group(), one.value()))
                .filter(Row::isRetracted)
                .toList();
    }

    @RepeatedTest(60)
    void rowsAreThoseOfTheSortedEventsHoweverTheyAreSplitAndWhateverTheirOrder() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int groups = 1 + random.nextInt(4);
        int spread = 20 + random.nextInt(500);
        for (int commit = 0; commit < 40; commit++) {
            List<Deltas> parts = new ArrayList<>();
            for (int part = random.nextInt(3); part >= 0; part--) {
                Deltas deltas = aggregation.newDeltas();
                for (int events = random.nextInt(6); events > 0; events--) {
                    String group = "g" + random.nextInt(groups);
                    add(new Happened(group, random.nextInt(spread), random.nextInt(99)), deltas);
                }
                parts.add(deltas);
            }
            long known = Math.max(watermarkMs, -50);
            var _ = commit(known + random.nextInt(30), parts.toArray(Deltas[]::new));
            assertThat(rows())
                    .as("seed %d, commit %d", seed, commit)
                    .containsExactlyInAnyOrderElementsOf(expected());
            if (random.nextInt(4) == 0) {
                restore();
                assertThat(commit(watermarkMs)).as("seed %d, restored", seed).isEmpty();
            }
        }
    }

    @Test
    void spansThatTouchAreOneSession() {
        var _ = commit(0, deltas(at(100), at(100 + GAP_MS)));
        var _ = commit(0, deltas(at(200)), deltas(at(200 + GAP_MS + 1)));
        assertThat(rows()).map(Session::startMs).containsExactly(100L, 200L, 211L);
        var _ = commit(0, deltas(at(211 + GAP_MS)));
        assertThat(rows()).map(Session::startMs).containsExactly(100L, 200L, 211L);
        assertThat(rows().getLast().endMs()).isEqualTo(211 + 2 * GAP_MS);
    }

    @Test
    void sessionThatABridgingEventJoinsRetractsTheLaterRow() {
        var _ = commit(0, deltas(at(100), at(115)));
        List<Commit.RowChange> changes = commit(0, deltas(at(108)));
        assertThat(retracted(changes))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.windowStartMs()).isEqualTo(115);
                    assertThat(row.windowEndMs()).isEqualTo(125);
                    assertThat(row.revision()).isEqualTo(2);
                    assertThat(row.group()).containsEntry("data.g", "a");
                });
        assertThat(rows()).containsExactly(new Session("a", 100, 125, 3, 323, false));
    }

    @Test
    void sessionThatSeveralPartitionsTouchIsWrittenAsTheLastLeftIt() {
        var _ = commit(0, deltas(at(100)), deltas(new Happened("b", 100, 1)));
        Deltas second = deltas(at(112), new Happened("b", 106, 4));
        List<Commit.RowChange> changes = commit(0, deltas(at(105)), second, deltas(at(109)));
        assertThat(changes).hasSize(2);
        assertThat(rows()).containsExactlyInAnyOrderElementsOf(expected());
    }

    @Test
    void numberOfASessionThatWasJoinedMayGoToAnotherGroupInTheSameCommit() {
        var _ = commit(0, deltas(at(100), at(115)));
        Deltas other = deltas(new Happened("b", 300, 7));
        List<Commit.RowChange> changes = commit(0, deltas(at(116)), deltas(at(108)), other);
        assertThat(retracted(changes)).map(Row::windowStartMs).containsExactly(115L);
        assertThat(changes).hasSize(3);
        assertThat(rows()).containsExactlyInAnyOrderElementsOf(expected());
    }

    @Test
    void sessionThatBeginsEarlierThanKnownRetractsItsFormerRow() {
        var _ = commit(0, deltas(at(100)));
        assertThat(retracted(commit(0, deltas(at(95)))))
                .map(Row::windowStartMs)
                .containsExactly(100L);
        assertThat(rows()).containsExactly(new Session("a", 95, 110, 2, 195, false));
    }

    @Test
    void sessionThatWasLetGoIsFoundHoweverLongAgoItBegan() {
        Deltas hour = aggregation.newDeltas();
        for (long timeMs = 0; timeMs <= 400; timeMs += GAP_MS) {
            add(at(timeMs), hour);
        }
        var _ = commit(0, hour);
        var _ = commit(5_000);
        assertThat(windows.groups()).isZero();
        restore();
        var _ = commit(5_000, deltas(at(405)));
        assertThat(rows()).containsExactlyElementsOf(expected());
        assertThat(windows.groups()).isZero();
    }

    @Test
    void sessionsThatAnOldEventJoinsAreOneAgain() {
        var _ = commit(0, deltas(at(100), at(115)));
        var _ = commit(500);
        List<Commit.RowChange> changes = commit(500, deltas(at(108)));
        assertThat(retracted(changes)).map(Row::windowStartMs).containsExactly(115L);
        assertThat(rows()).containsExactly(new Session("a", 100, 125, 3, 323, true));
    }

    @Test
    void storeIsReadOnceForAllOldEventsOfACommitAndNotAtAllForOthers() {
        var _ = commit(0, deltas(at(100), at(200), at(300)));
        var _ = commit(500, deltas(at(490)));
        assertThat(stored.visited()).isZero();
        var _ = commit(500, deltas(at(105)), deltas(at(205)));
        assertThat(stored.visited()).isEqualTo(2);
    }

    @Test
    void sessionIsReopenedByAnEventThatIsNotLate() {
        var _ = commit(0, deltas(at(100)));
        var _ = commit(112);
        assertThat(rows()).map(Session::isFinal).containsExactly(true);
        assertThat(windows.nextCloseMs()).isEqualTo(Long.MAX_VALUE);
        var _ = commit(112, deltas(at(104)));
        assertThat(rows()).map(Session::isFinal).containsExactly(false);
        assertThat(windows.nextCloseMs()).isEqualTo(114);
        var _ = commit(114);
        assertThat(rows()).containsExactly(new Session("a", 100, 114, 2, 204, true));
    }

    @Test
    void nextCloseIsTheEarliestEndOfThoseThatAreOpen() {
        assertThat(windows.nextCloseMs()).isEqualTo(Long.MAX_VALUE);
        var _ = commit(0, deltas(at(100), new Happened("b", 103, 0)));
        var _ = commit(0, deltas(at(109)));
        assertThat(windows.nextCloseMs()).isEqualTo(113);
    }

    @Test
    void groupsBeyondTheLimitAreCountedTogetherUntilRoomIsFree() {
        Aggregation narrow = aggregation(1);
        windows = AggregateWindows.open(narrow, stored, Long.MIN_VALUE, SessionMarks.NONE);
        var _ = commit(90, deltas(at(100)));
        var _ =
                commit(
                        90,
                        deltas(new Happened("b", 101, 1)),
                        deltas(new Happened("c", 102, 2), at(103)));
        assertThat(rows())
                .containsExactly(
                        new Session("a", 100, 113, 2, 203, false),
                        new Session(Aggregation.OTHER, 101, 112, 2, 3, false));
        assertThat(windows.overflowed()).isEqualTo(2);
        var _ = commit(200);
        assertThat(windows.groups()).isZero();
        var _ = commit(200, deltas(new Happened("b", 201, 1)));
        assertThat(rows()).map(Session::group).containsExactly("a", Aggregation.OTHER, "b");
    }

    @Test
    void rowsStayForAsLongAsAKeptEventMayNeedThem() {
        Duration keep = aggregation.definition().keep();
        assertThat(windows.keptFromMs(keep)).isEqualTo(Long.MIN_VALUE);
        var _ = commit(0, deltas(at(100), at(105)));
        long watermark = 5_000;
        var _ = commit(watermark);
        long oldestKeptMs = watermark - keep.toMillis() - GAP_MS + 1;
        long longestMs = 5;
        assertThat(marks().longestMs()).isEqualTo(longestMs);
        assertThat(windows.keptFromMs(keep)).isLessThan(oldestKeptMs - GAP_MS - longestMs);
    }

    private void expire() {
        long keptFromMs = windows.keptFromMs(aggregation.definition().keep());
        stored.expire(NUMBER, keptFromMs, windows.sparedMs(keptFromMs));
    }

    private void visit(int from, int to) {
        for (int visitor = from; visitor < to; visitor++) {
            long nowMs = visitor * GAP_MS;
            var _ =
                    commit(
                            nowMs,
                            deltas(
                                    new Happened("bot", nowMs, 1),
                                    new Happened("v" + visitor, nowMs + 1, 1)));
            expire();
        }
    }

    @Test
    void anEndlessSessionDoesNotKeepTheRowsOfOthers() {
        long keepMs = aggregation.definition().keep().toMillis();
        int kept = (int) ((keepMs + 3 * GAP_MS) / GAP_MS) + 2;
        visit(0, 600);
        assertThat(stored.size(NUMBER)).isLessThanOrEqualTo(kept);
        restore();
        visit(600, 1_200);
        assertThat(stored.size(NUMBER)).isLessThanOrEqualTo(kept);
        assertThat(rows()).contains(new Session("bot", 0, 1_200 * GAP_MS, 1_200, 1_200, false));
    }

    @Test
    void anEndlessSessionThatIsOverGoesAndKeepsNothingForGood() {
        visit(0, 600);
        for (long nowMs = 600 * GAP_MS; nowMs < 1_200 * GAP_MS; nowMs += GAP_MS) {
            var _ = commit(nowMs, deltas(new Happened("v" + nowMs, nowMs, 1)));
            expire();
            restore();
            if (nowMs == 690 * GAP_MS) {
                assertThat(rows()).map(Session::group).contains("bot");
            }
        }
        assertThat(rows()).map(Session::group).doesNotContain("bot");
        assertThat(marks().longestMs()).isZero();
        assertThat(stored.size(NUMBER)).isLessThan(120);
    }

    @Test
    void groupsThatComeAndGoLeaveNothingBehind() {
        for (int visitor = 0; visitor < 5_000; visitor++) {
            var _ = commit(visitor * 100L, deltas(new Happened("v" + visitor, visitor * 100L, 1)));
            assertThat(windows.groups()).isLessThanOrEqualTo(2);
        }
        restore();
        assertThat(rows()).hasSize(5_000);
    }
}
