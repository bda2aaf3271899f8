package dev.millrace.connect.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.CursorSink;
import dev.millrace.core.connector.Delivery;
import dev.millrace.core.connector.SinkBatch;
import dev.millrace.core.connector.SinkCursor;

/** Delivers as the host of a sink does: the system knows whether a batch was written after all. */
public final class Host {
    private Host() {}

    /**
     * Delivers until all of the batch is there.
     *
     * @return how many deliveries failed
     */
    public static int deliver(CursorSink sink, SinkBatch batch) {
        int failed = 0;
        long position = batch.from();
        while (position < batch.to()) {
            Delivery delivery = sink.deliver(batch);
            if (delivery.equals(new Delivery.Delivered())) {
                position = batch.to();
            } else {
                failed++;
                assertThat(delivery)
                        .isInstanceOfAny(Delivery.RetryLater.class, Delivery.CursorMoved.class);
                position = cursorOf(sink).position();
            }
        }
        return failed;
    }

    /** What the system says, however often the connection breaks. */
    public static SinkCursor cursorOf(CursorSink sink) {
        while (true) {
            try {
                return sink.cursor().orElseThrow();
            } catch (ConnectorException cut) {
                assertThat(cut.mayPass()).isTrue();
            }
        }
    }
}
