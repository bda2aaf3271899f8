package dev.millrace.core.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Random;

class ZonedSlicesTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final long HOUR_MS = Duration.ofHours(1).toMillis();
    private static final long DAY_MS = Duration.ofDays(1).toMillis();

    private static long at(ZoneId zone, String local) {
        return LocalDateTime.parse(local).atZone(zone).toInstant().toEpochMilli();
    }

    private static long berlin(String local) {
        return at(BERLIN, local);
    }

    @Test
    void aDayLastsFromMidnightToMidnight() {
        ZonedSlices days = new ZonedSlices(BERLIN, DAY_MS);

        assertThat(days.startOf(berlin("2026-11-23T00:00"))).isEqualTo(berlin("2026-11-23T00:00"));
        assertThat(days.startOf(berlin("2026-11-23T23:59:59.999")))
                .isEqualTo(berlin("2026-11-23T00:00"));
        assertThat(days.endOf(berlin("2026-11-23T00:00"))).isEqualTo(berlin("2026-11-24T00:00"));
    }

    @Test
    void daysOfClockChangesLast23And25Hours() {
        ZonedSlices days = new ZonedSlices(BERLIN, DAY_MS);
        long spring = berlin("2026-03-29T00:00");
        long autumn = berlin("2026-10-25T00:00");

        assertThat(days.endOf(spring) - spring).isEqualTo(23 * HOUR_MS);
        assertThat(days.endOf(autumn) - autumn).isEqualTo(25 * HOUR_MS);
        assertThat(days.startOf(spring + 23 * HOUR_MS - 1)).isEqualTo(spring);
        assertThat(days.startOf(autumn + 25 * HOUR_MS - 1)).isEqualTo(autumn);
    }

    @Test
    void hoursOfADayOfClockChangesAreHours() {
        ZonedSlices hours = new ZonedSlices(BERLIN, HOUR_MS);
        long autumn = berlin("2026-10-25T00:00");

        assertThat(hours.step(autumn, 25)).isEqualTo(berlin("2026-10-26T00:00"));
        assertThat(hours.startOf(autumn + 3 * HOUR_MS + 1)).isEqualTo(autumn + 3 * HOUR_MS);
    }

    @Test
    void whatDoesNotFillAShortDayIsCutAtMidnight() {
        ZonedSlices sixths = new ZonedSlices(BERLIN, 4 * HOUR_MS);
        long last = berlin("2026-03-29T00:00") + 20 * HOUR_MS;

        assertThat(sixths.startOf(berlin("2026-03-29T23:30"))).isEqualTo(last);
        assertThat(sixths.endOf(last)).isEqualTo(berlin("2026-03-30T00:00"));
        assertThat(sixths.endOf(last) - last).isEqualTo(3 * HOUR_MS);
    }

    @Test
    void aDayWithoutMidnightBeginsWhenItBegins() {
        ZoneId santiago = ZoneId.of("America/Santiago");
        ZonedSlices days = new ZonedSlices(santiago, DAY_MS);
        long oneInTheMorning = at(santiago, "2026-09-06T01:00");

        assertThat(days.startOf(oneInTheMorning + 5)).isEqualTo(oneInTheMorning);
        assertThat(days.endOf(oneInTheMorning) - oneInTheMorning).isEqualTo(23 * HOUR_MS);
    }

    /** Samoa went over to the other side of the date line, and left out 2011-12-30. */
    @Test
    void aDayThatAZoneLeftOutHasNoSlices() {
        ZoneId apia = ZoneId.of("Pacific/Apia");
        ZonedSlices days = new ZonedSlices(apia, DAY_MS);
        ZonedSlices hours = new ZonedSlices(apia, HOUR_MS);
        long lastBefore = at(apia, "2011-12-29T00:00");
        long firstAfter = at(apia, "2011-12-31T00:00");

        assertThat(days.endOf(lastBefore)).isEqualTo(firstAfter);
        assertThat(days.step(lastBefore, 1)).isEqualTo(firstAfter);
        assertThat(days.step(firstAfter, -1)).isEqualTo(lastBefore);
        assertThat(hours.step(lastBefore + 23 * HOUR_MS, 1)).isEqualTo(firstAfter);
    }

    @Test
    void weeksAreSevenDaysCountedFromTheEpoch() {
        ZonedSlices weeks = new ZonedSlices(BERLIN, 7 * DAY_MS);
        long start = weeks.startOf(berlin("2026-03-29T12:00"));

        assertThat(start).isEqualTo(berlin("2026-03-26T00:00"));
        assertThat(weeks.endOf(start)).isEqualTo(berlin("2026-04-02T00:00"));
    }

    @ParameterizedTest
    @ValueSource(longs = {60_000, 900_000, 3_600_000, 14_400_000, 86_400_000, 604_800_000})
    void slicesLieSideBySideAndStepsCountThem(long sizeMs) {
        Random random = new Random(sizeMs);
        for (String zone :
                new String[] {
                    "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Pacific/Apia"
                }) {
            ZonedSlices slices = new ZonedSlices(ZoneId.of(zone), sizeMs);
            for (int round = 0; round < 300; round++) {
                long timestampMs = random.nextLong(-10 * 365 * DAY_MS, 80 * 365 * DAY_MS);
                long startMs = slices.startOf(timestampMs);
                long endMs = slices.endOf(startMs);
                assertThat(timestampMs).isBetween(startMs, endMs - 1);
                assertThat(slices.startOf(startMs)).isEqualTo(startMs);
                assertThat(slices.startOf(endMs - 1)).isEqualTo(startMs);
                assertThat(slices.startOf(endMs)).isEqualTo(endMs);
                int count = random.nextInt(1, 40);
                long walkedMs = startMs;
                for (int i = 0; i < count; i++) {
                    walkedMs = slices.endOf(walkedMs);
                }
                assertThat(slices.step(startMs, count)).isEqualTo(walkedMs);
                assertThat(slices.step(walkedMs, -count)).isEqualTo(startMs);
            }
        }
    }

    @Test
    void sizesThatDoNotFillDaysAreRefused() {
        assertThatThrownBy(() -> new ZonedSlices(BERLIN, 7 * 60_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("420000");
    }
}
