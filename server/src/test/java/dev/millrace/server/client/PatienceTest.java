package dev.millrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class PatienceTest {
    @Test
    void waitsDoubleUpToTheLongest() {
        assertThat(Patience.backoff(1)).isEqualTo(Duration.ofMillis(100));
        assertThat(Patience.backoff(2)).isEqualTo(Duration.ofMillis(200));
        assertThat(Patience.backoff(5)).isEqualTo(Duration.ofMillis(1_600));
        assertThat(Patience.backoff(6)).isEqualTo(Patience.LONGEST_WAIT);
        assertThat(Patience.backoff(1_000_000)).isEqualTo(Patience.LONGEST_WAIT);
    }
}
