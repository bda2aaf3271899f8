package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.Optional;

/** A command that a sink is told while its worker does another, or none. */
class SinkQueueTest {
    private final SinkQueue queue = new SinkQueue("out", SinkState.first(0), Map.of());

    @Test
    void whatIsDoneIsPendingNoMore() {
        queue.tell(new SinkCommand.Rewind(1));

        queue.agreed(queue.state().command());

        assertThat(queue.state().command()).isEmpty();
    }

    @Test
    void whatIsToldMeanwhileIsStillToBeDone() {
        Optional<SinkCommand> none = queue.state().command();
        queue.tell(new SinkCommand.Rewind(1));
        queue.agreed(none);

        assertThat(queue.state().command()).hasValue(new SinkCommand.Rewind(1));

        Optional<SinkCommand> rewind = queue.state().command();
        queue.tell(new SinkCommand.TakeOver());
        queue.agreed(rewind);

        assertThat(queue.state().command()).hasValue(new SinkCommand.TakeOver());
    }

    @Test
    void aSinkThatStopsStillDoesWhatItWasToldMeanwhile() {
        Optional<SinkCommand> none = queue.state().command();
        queue.tell(new SinkCommand.Rewind(1));
        SinkState.Stopped stopped = new SinkState.Stopped("its cursor is gone", 0);

        queue.stop(none, stopped);

        assertThat(queue.state().command()).hasValue(new SinkCommand.Rewind(1));
        assertThat(queue.state().stopped()).hasValue(stopped);
    }
}
