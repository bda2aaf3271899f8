package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InputBodiesTest {
    private final InputBodies bodies =
            new InputBodies(new Spec("tumbling", "jackson", 2, 5, 5, 2_000, ""));

    @Test
    void peopleAreThoseOfWhatWasHandedOut() {
        long people = 0;
        for (int events : new int[] {1, 1, 1, 1_000, 100, 1_000, 1}) {
            byte[] body = bodies.next(events);
            people += WebEvents.people(body);

            assertThat(body).hasSize(events * WebEvents.BYTES);
            assertThat(bodies.people()).isEqualTo(people);
        }
    }
}
