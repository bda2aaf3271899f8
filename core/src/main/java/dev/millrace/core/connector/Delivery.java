package dev.millrace.core.connector;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What came of a batch. Reasons are a part of a sentence for people that names the system and the
 * cause, like {@code PostgreSQL at db:5432 has no table web_views (SQLSTATE 42P01)}; they hold no
 * secrets and no data of people. Hosts put the sink's name in front.
 */
public sealed interface Delivery {
    /** All of it is there. */
    record Delivered() implements Delivery {}

    /**
     * It may do better another time: no connection, a timeout, an overload, a full disk. Nothing of
     * it is there, or that is not known.
     *
     * @param after what the system asks for; empty: the host decides
     */
    record RetryLater(String reason, Optional<Duration> after) implements Delivery {
        public RetryLater(String reason) {
            this(reason, Optional.empty());
        }
    }

    /**
     * The system will never take this batch as it is, and has nothing of it. The host halves it
     * until the item stands alone, and that becomes a dead letter.
     *
     * @param code short and stable, like {@code sql-23505}: letters are grouped by it
     */
    record Refused(String code, String reason) implements Delivery {}

    /**
     * As {@link Refused}, where the system says on account of which items. They become dead letters
     * at once, and the rest is delivered again as a batch of the same positions.
     *
     * @param items at least one
     */
    record ItemsRefused(List<RefusedItem> items) implements Delivery {
        public ItemsRefused {
            items = List.copyOf(items);
            if (items.isEmpty()) {
                throw new IllegalArgumentException("no item is refused");
            }
        }
    }

    /**
     * The cursor is not where the batch begins, so nothing was written. The host asks for the
     * cursor and goes on from there, or stops the sink.
     */
    record CursorMoved() implements Delivery {}

    /**
     * An item that the system will never take.
     *
     * @param position of the item
     * @param code as in {@link Refused}
     */
    record RefusedItem(long position, String code, String reason) {}
}
