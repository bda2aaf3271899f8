package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

class MedianTest {
    @Test
    void middleOfOddRounds() {
        assertThat(Median.of(Turns.of(5, 1, 3), "events/s")).isEqualTo(new Median(1, 3, 5));
    }

    @Test
    void betweenTheTwoInTheMiddleOfEvenRounds() {
        assertThat(Median.of(Turns.of(4, 1, 2, 8), "events/s")).isEqualTo(new Median(1, 3, 8));
    }

    @Test
    void figureThatARoundLacksIsVoid() {
        assertThat(Median.of(Turns.of(1, 2), "heap-MiB").isVoid()).isTrue();
    }

    @Test
    void ratioIsTheMedianOfSingleRounds() {
        Median ratio =
                Median.ofRatio(Turns.of(20, 30, 40), List.of(Turns.of(10, 10, 16)), "events/s");

        assertThat(ratio).isEqualTo(new Median(2, 2.5, 3));
    }

    @Test
    void ratioIsToWhoWasHighestInThatRound() {
        Median ratio =
                Median.ofRatio(
                        Turns.of(20, 30, 40),
                        List.of(Turns.of(10, 10, 16), Turns.of(5, 15, 10)),
                        "events/s");

        assertThat(ratio).isEqualTo(new Median(2, 2, 2.5));
    }
}
