package dev.millrace.testing;

import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.CursorSink;
import dev.millrace.core.connector.Delivery;
import dev.millrace.core.connector.Sink;
import dev.millrace.core.connector.SinkBatch;
import dev.millrace.core.connector.SinkContext;
import dev.millrace.core.connector.SinkCursor;
import dev.millrace.core.connector.SinkItem;
import dev.millrace.core.connector.SinkKind;
import dev.millrace.core.pipeline.DeclaredKind;
import dev.millrace.core.pipeline.Setting;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;

/**
 * Sinks of kind {@code memory}: systems that outlive the engine, keep a cursor unless they are told
 * not to, and fall ill on demand. Safe for use by many threads.
 *
 * <p>{@code memory: {forgetful: true}} is one without a cursor. A {@code patience} and a {@code
 * room} can be said, and have no meaning.
 */
public final class MemorySinks implements SinkKind {
    /** What is wrong with a system. */
    public enum Trouble {
        NONE,
        /** Cannot be reached. */
        AWAY,
        /** Accepts calls and never answers. */
        HANGS,
        /** Takes what it is given, and the answer is lost. */
        LOSES_ANSWERS,
        /** Says that its cursor is elsewhere, though it is not. */
        CLAIMS_THAT_IT_MOVED,
        /** Refuses items that it was not given. */
        REFUSES_OTHERS
    }

    /** One system. */
    private static final class Place {
        private final List<String> items = new ArrayList<>();
        private final List<Integer> batches = new ArrayList<>();
        private final List<SinkContext> opened = new ArrayList<>();
        private Trouble trouble = Trouble.NONE;
        private Predicate<SinkItem> refused = _ -> false;
        private boolean namesItems;
        private @Nullable SinkCursor cursor;
    }

    private final Map<String, Place> places = new HashMap<>();

    @Override
    public DeclaredKind declared() {
        return new DeclaredKind(
                "memory",
                "{}",
                List.of(
                        new Setting.Flag("forgetful"),
                        new Setting.Time("patience", false, Duration.ZERO, Duration.ofDays(1)),
                        new Setting.Size("room", false, 1, 1L << 40)));
    }

    @Override
    public Sink open(SinkContext context) throws ConnectorException {
        synchronized (places) {
            Place place = place(context.sink());
            if (place.trouble == Trouble.AWAY) {
                throw ConnectorException.passing("the memory is away");
            }
            place.opened.add(context);
        }
        Open open = new Open(context.sink());
        return context.definition().settings().flag("forgetful") ? new Forgetful(open) : open;
    }

    public void trouble(String sink, Trouble trouble) {
        synchronized (places) {
            place(sink).trouble = trouble;
        }
    }

    /** Has it refuse batches with such items. */
    public void refuse(String sink, Predicate<SinkItem> items) {
        synchronized (places) {
            place(sink).refused = items;
        }
    }

    /** Has it say which items it refuses. */
    public void namesItems(String sink) {
        synchronized (places) {
            place(sink).namesItems = true;
        }
    }

    /** What it took, in order, as JSON. */
    public List<String> items(String sink) {
        synchronized (places) {
            return List.copyOf(place(sink).items);
        }
    }

    /** How many items each delivery had, refused ones included. */
    public List<Integer> batches(String sink) {
        synchronized (places) {
            return List.copyOf(place(sink).batches);
        }
    }

    /** What it was opened with. */
    public List<SinkContext> opened(String sink) {
        synchronized (places) {
            return List.copyOf(place(sink).opened);
        }
    }

    public Optional<SinkCursor> cursor(String sink) {
        synchronized (places) {
            return Optional.ofNullable(place(sink).cursor);
        }
    }

    /** As another program or an older backup would leave it. */
    public void cursor(String sink, SinkCursor cursor) {
        synchronized (places) {
            place(sink).cursor = cursor;
        }
    }

    /** As somebody leaves it who has emptied the system. */
    public void forgetCursor(String sink) {
        synchronized (places) {
            place(sink).cursor = null;
        }
    }

    private Place place(String sink) {
        return places.computeIfAbsent(sink, _ -> new Place());
    }

    private Delivery deliver(String sink, SinkBatch batch, boolean exact) {
        synchronized (places) {
            Place place = place(sink);
            if (place.trouble == Trouble.AWAY) {
                return new Delivery.RetryLater("the memory is away");
            }
            if (place.trouble == Trouble.CLAIMS_THAT_IT_MOVED
                    || (exact && !batch.before().equals(place.cursor))) {
                return new Delivery.CursorMoved();
            }
            if (place.trouble == Trouble.REFUSES_OTHERS) {
                return new Delivery.ItemsRefused(
                        List.of(new Delivery.RefusedItem(batch.to(), "other", "it is not there")));
            }
            place.batches.add(batch.items().size());
            List<Delivery.RefusedItem> refused =
                    batch.items().stream()
                            .filter(place.refused)
                            .map(item ->
                                    new Delivery.RefusedItem(
                                            item.position(), "bad", "the memory refuses it"))
                            .toList();
            if (!refused.isEmpty()) {
                return place.namesItems
                        ? new Delivery.ItemsRefused(refused)
                        : new Delivery.Refused("bad", "the memory refuses it");
            }
            if (place.trouble != Trouble.HANGS) {
                batch.items()
                        .forEach(item ->
                                place.items.add(new String(item.json(), StandardCharsets.UTF_8)));
                place.cursor = exact ? batch.after() : place.cursor;
                return place.trouble == Trouble.LOSES_ANSWERS
                        ? new Delivery.RetryLater("the memory's answer was lost")
                        : new Delivery.Delivered();
            }
        }
        return hang();
    }

    private static Delivery hang() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return new Delivery.RetryLater("the memory did not answer");
    }

    private final class Open implements CursorSink {
        private final String sink;

        private Open(String sink) {
            this.sink = sink;
        }

        @Override
        public Delivery deliver(SinkBatch batch) {
            return MemorySinks.this.deliver(sink, batch, true);
        }

        @Override
        public Optional<SinkCursor> cursor() throws ConnectorException {
            synchronized (places) {
                requireReachable();
                return Optional.ofNullable(place(sink).cursor);
            }
        }

        @Override
        public void reset(SinkCursor cursor) throws ConnectorException {
            synchronized (places) {
                requireReachable();
                place(sink).cursor = cursor;
            }
        }

        private void requireReachable() throws ConnectorException {
            if (place(sink).trouble == Trouble.AWAY) {
                throw ConnectorException.passing("the memory is away");
            }
        }

        @Override
        public void close() {
            // It stays as it is.
        }
    }

    private final class Forgetful implements Sink {
        private final Open open;

        private Forgetful(Open open) {
            this.open = open;
        }

        @Override
        public Delivery deliver(SinkBatch batch) {
            return MemorySinks.this.deliver(open.sink, batch, false);
        }

        @Override
        public void close() {
            open.close();
        }
    }
}
