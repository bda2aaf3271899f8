package dev.millrace.core.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

class RolledUpRowsTest {
    private static final String OF_TEN =
            "window: {tumbling: 10ms}, by: [source], lateness: 0s, values: {n: count, s: {sum:"
                    + " data.n}, least: {min: data.n}}";

    private static List<String> all(RowSource source) {
        return Counted.written(Counted.rows(source, Long.MIN_VALUE, Long.MAX_VALUE));
    }

    @Test
    void windowsAreMergedGroupByGroup() {
        Counted counted =
                new Counted(OF_TEN)
                        .event(101, "b", "1")
                        .event(112, "a", "7")
                        .event(129, "b", "2.5")
                        .event(131, "b", "4")
                        .commit(130);

        assertThat(all(counted.rolledUp(Duration.ofMillis(30), 130)))
                .containsExactly(
                        "90-120 a [1, 7, 7] final",
                        "90-120 b [1, 1, 1] final",
                        "120-150 b [2, 6.5, 2.5]");
    }

    @Test
    void aRowIsOfTheNewestCommitOfItsParts() {
        Counted counted = new Counted(OF_TEN).event(1, "a", "1").commit(15);
        counted.event(25, "a", "1").commit(26).event(3, "a", "1").commit(28).commit(40);

        assertThat(Counted.rows(counted.rolledUp(Duration.ofMillis(20), 40), 0, 100))
                .extracting(Row::revision)
                .containsExactly(3L, 4L);
    }

    @Test
    void boundsAndPlacesAreThoseOfTheLongerWindows() {
        Counted counted =
                new Counted(OF_TEN)
                        .event(5, "a", "1")
                        .event(15, "a", "1")
                        .event(25, "a", "1")
                        .event(25, "b", "1")
                        .event(45, "a", "1")
                        .commit(50);
        RowSource source = counted.rolledUp(Duration.ofMillis(20), 50);

        assertThat(Counted.written(Counted.rows(source, 5, 40)))
                .containsExactly("20-40 a [1, 1, 1] final", "20-40 b [1, 1, 1] final");
        assertThat(Counted.written(Counted.latest(source))).containsExactly("40-60 a [1, 1, 1]");
    }

    @Test
    void groupsBeyondTheLimitAreMergedInOrderOfWindowAndKey() {
        Counted counted =
                new Counted(OF_TEN + ", maxGroups: 1")
                        .event(5, "b", "1")
                        .event(15, "a", "2")
                        .event(15, "c", "3")
                        .commit(50);

        assertThat(all(counted.rolledUp(Duration.ofMillis(20), 50)))
                .containsExactly("0-20 __other__ [2, 5, 2] final", "0-20 b [1, 1, 1] final");
    }

    @Test
    void daysOfAZoneAreItsOwn() {
        long beforeMs = Instant.parse("2024-03-30T23:30:00Z").toEpochMilli();
        long afterMs = Instant.parse("2024-03-31T21:30:00Z").toEpochMilli();
        Counted counted =
                new Counted(
                                "window: {tumbling: 1h, zone: Europe/Berlin}, by: [], values: {n:"
                                        + " count}")
                        .event(beforeMs, "a", "1")
                        .event(afterMs, "a", "1")
                        .commit(afterMs);

        assertThat(all(counted.rolledUp(Duration.ofDays(1), afterMs)))
                .containsExactly("1711839600000-1711922400000  [2]");
    }

    @Test
    void onlyAMultipleOfATumblingWindowRollsUp() {
        Counted tumbling = new Counted(OF_TEN);
        Counted sliding =
                new Counted("window: {sliding: 20ms, every: 10ms}, by: [], values: {n: count}");

        assertThatThrownBy(() -> tumbling.rolledUp(Duration.ofMillis(25), 0))
                .hasMessageContaining("multiple")
                .hasMessageContaining("25ms");
        assertThatThrownBy(() -> sliding.rolledUp(Duration.ofDays(1), 0))
                .hasMessageContaining("not tumbling");
    }
}
