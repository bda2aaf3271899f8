package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiveEventsTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 100, 1_000})
    void knowsHowManyOfItsEventsPassTheFilter(int eventsPerBody) {
        LiveEvents events = new LiveEvents("test00", 7, eventsPerBody);
        long people = 0;
        // Past the end of what comes round again, and not to the end of it.
        for (int body = 0; body < 2_500 / eventsPerBody; body++) {
            people += WebEvents.people(events.next());
        }

        assertThat(people).isPositive();
        assertThat(events.people()).isEqualTo(people);
    }

    @Test
    void nothingWasHandedOutAtFirst() {
        assertThat(new LiveEvents("test00", 7, 100).people()).isZero();
    }
}
