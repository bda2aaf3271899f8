package dev.millrace.server.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.SplittableRandom;

class DistributionsTest {
    @Test
    void zipfDrawsRanksByTheirShares() {
        Zipf zipf = new Zipf(100, 1.1);
        SplittableRandom random = new SplittableRandom(1);
        int draws = 200_000;
        int[] counts = new int[zipf.ranks()];
        for (int i = 0; i < draws; i++) {
            counts[zipf.draw(random)]++;
        }

        double sum = 0;
        for (int rank = 0; rank < counts.length; rank++) {
            double share = zipf.share(rank);
            sum += share;
            double deviation = Math.sqrt(share * (1 - share) / draws);
            assertThat((double) counts[rank] / draws).isCloseTo(share, within(5 * deviation));
        }
        assertThat(sum).isCloseTo(1, within(1e-9));
        assertThat(zipf.share(0) / zipf.share(9)).isCloseTo(Math.pow(10, 1.1), within(1e-6));
    }

    @Test
    void aDayIsQuietAtFourAndBusiestAtEightInTheEvening() {
        ZoneId zone = ZoneId.of("Europe/Berlin");
        Instant midnight = Instant.parse("2026-03-02T23:00:00Z");

        double sum = 0;
        double least = Double.MAX_VALUE;
        double most = 0;
        for (int minute = 0; minute < 24 * 60; minute++) {
            double now = DailyCurve.at(midnight.plus(Duration.ofMinutes(minute)), zone);
            sum += now;
            least = Math.min(least, now);
            most = Math.max(most, now);
        }

        assertThat(sum / (24 * 60)).isCloseTo(1, within(1e-6));
        assertThat(DailyCurve.at(midnight.plus(Duration.ofHours(4)), zone)).isEqualTo(least);
        assertThat(DailyCurve.at(midnight.plus(Duration.ofHours(20)), zone)).isEqualTo(most);
        assertThat(most / least).isGreaterThan(5);
    }

    @Test
    void aSurgeRisesToItsHeightAndFalls() {
        Site site = Sites.load(1, 1_000).getFirst();
        Surge surge = new Surge(site, 5, "https://example.org/", 0, 60_000_000);

        assertThat(surge.extra(0)).isLessThan(1);
        assertThat(surge.extra(30_000_000)).isEqualTo(Surge.HEIGHT - 1);
        assertThat(surge.extra(59_999_999)).isLessThan(1);
        assertThat(surge.isOver(60_000_000)).isTrue();
    }
}
