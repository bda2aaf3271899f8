package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SpecTest {
    @Test
    void argumentsAreReadAsTheyWereWritten() {
        Spec spec = new Spec("sliding", "millrace", 16, 8, 5, 1_000_000, "durable,100");

        assertThat(Spec.parse(spec.arguments().toArray(String[]::new))).isEqualTo(spec);
    }

    @Test
    void emptyVariantStaysEmpty() {
        Spec spec = new Spec("tumbling", "jackson", 2, 5, 5, 2_000, "");

        assertThat(Spec.parse(spec.arguments().toArray(String[]::new))).isEqualTo(spec);
    }

    @Test
    void eventIsInOneTumblingWindowAndInThreeHundredSlidingOnes() {
        assertThat(Spec.parse(new String[] {"window=tumbling"}).windowsPerEvent()).isEqualTo(1);
        assertThat(Spec.parse(new String[] {"window=sliding"}).windowsPerEvent()).isEqualTo(300);
    }

    @Test
    void secondsOfNothingAreRefused() {
        assertThatThrownBy(() -> Spec.parse(new String[] {"seconds=0"}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("seconds 0");
    }
}
