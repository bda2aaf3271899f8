package dev.millrace.engine;

import dev.millrace.core.MillraceException;
import dev.millrace.core.connector.SinkItem;
import dev.millrace.core.port.PipelineStore;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what waits for one sink. Confined to its worker. */
final class SinkReader {
    private final PipelineStore store;
    private final String sink;

    /**
     * Items that stand next to each other in an outbox.
     *
     * @param to the position after the last
     * @param bytesBefore put out before {@code from}
     * @param bytesUpTo put out before {@code to}
     * @param committedAtMs of the first
     * @param pipelineVersion of all; 0 where there are none, or they cannot be read
     */
    record Stretch(
            long from,
            long to,
            long bytesBefore,
            long bytesUpTo,
            long committedAtMs,
            int pipelineVersion,
            List<Waiting> items) {
        boolean isEmpty() {
            return items.isEmpty();
        }

        boolean isOfAVersion() {
            return pipelineVersion > 0;
        }
    }

    /** An item with its place. */
    record Waiting(long position, long committedAtMs, OutboxEntry.Item item) {}

    SinkReader(PipelineStore store, String sink) {
        this.store = store;
        this.sink = sink;
    }

    /**
     * What comes from a position on, of one version of the pipeline.
     *
     * @param items at most; 1 or more
     * @param bytes of JSON, the last item on top
     * @param below where to end, at the latest; not past the end of the outbox
     */
    Stretch read(long from, int items, long bytes, long below) {
        Reading reading = new Reading(from, items, bytes, below);
        store.readOutbox(sink, from, reading::entry);
        return reading.stretch();
    }

    /** Where an entry begins. */
    record Place(long position, long bytesBefore) {}

    /**
     * The last place at which an entry begins and no more than {@code bytes} were put out before;
     * the first of all if there is none. By bisection, as entries are found by position.
     *
     * @param from where an entry is
     * @param below where to end, at the latest
     */
    Optional<Place> lastWithin(long bytes, long from, long below) {
        Optional<Place> best = place(from);
        long low = from;
        long high = below;
        while (high - low > 1) {
            long middle = low + (high - low) / 2;
            Optional<Place> there = place(middle);
            if (there.isPresent() && there.get().bytesBefore() <= bytes) {
                best = there;
                low = middle;
            } else {
                high = there.map(Place::position).filter(at -> at > from).orElse(middle);
                if (high <= low) {
                    return best;
                }
            }
        }
        return best;
    }

    /** The entry that holds a position, or the next one; empty if that cannot be read. */
    private Optional<Place> place(long position) {
        Place[] found = new Place[1];
        store.readOutbox(
                sink,
                position,
                (at, entry) -> {
                    OutboxEntry.bytesBefore(entry)
                            .ifPresent(before -> found[0] = new Place(at, before));
                    return false;
                });
        return Optional.ofNullable(found[0]);
    }

    private static final class Reading {
        private final long from;
        private final int most;
        private final long bytesMax;
        private final long below;
        private final List<Waiting> items = new ArrayList<>();
        private long bytesBefore;
        private long bytesUpTo;
        private long committedAtMs;
        private int version;

        /** Where it ends, if that is behind an entry that cannot be read. */
        private long unreadableTo;

        private Reading(long from, int most, long bytesMax, long below) {
            this.from = from;
            this.most = most;
            this.bytesMax = bytesMax;
            this.below = below;
        }

        private boolean entry(long position, byte[] bytes) {
            if (unreadableTo != 0) {
                unreadableTo = position;
                bytesUpTo = OutboxEntry.bytesBefore(bytes).orElse(bytesBefore);
                return false;
            }
            Optional<OutboxEntry> decoded = decoded(bytes);
            if (decoded.isEmpty()) {
                return items.isEmpty() && passOver(bytes);
            }
            OutboxEntry entry = decoded.get();
            long at = position;
            long before = entry.bytesBefore();
            for (OutboxEntry.Item item : entry.items()) {
                if (at >= from) {
                    if (!isRoom(at) || (!items.isEmpty() && entry.pipelineVersion() != version)) {
                        return false;
                    }
                    if (items.isEmpty()) {
                        bytesBefore = before;
                        committedAtMs = entry.committedAtMs();
                        version = entry.pipelineVersion();
                    }
                    items.add(new Waiting(at, entry.committedAtMs(), item));
                    bytesUpTo = before + item.json().length;
                }
                before += item.json().length;
                at++;
            }
            return true;
        }

        private static Optional<OutboxEntry> decoded(byte[] bytes) {
            try {
                return Optional.of(OutboxEntry.decode(bytes));
            } catch (MillraceException broken) {
                return Optional.empty();
            }
        }

        /** One item stands for the entry, and the next entry says where it ends. */
        private boolean passOver(byte[] bytes) {
            items.add(new Waiting(from, 0, OutboxEntry.Item.unreadable(bytes)));
            unreadableTo = below;
            return true;
        }

        private boolean isRoom(long at) {
            return at < below
                    && items.size() < most
                    && (items.isEmpty() || bytesUpTo - bytesBefore < bytesMax);
        }

        private Stretch stretch() {
            long last = items.isEmpty() ? from : items.getLast().position() + 1;
            long to = Math.max(last, unreadableTo);
            return new Stretch(from, to, bytesBefore, bytesUpTo, committedAtMs, version, items);
        }
    }

    /** The items as a sink gets them: of a row or alert only the newest state, at its place. */
    static List<SinkItem> newest(List<SinkItem> items) {
        Map<Object, SinkItem> newest = new HashMap<>();
        items.forEach(item -> newest.merge(identity(item), item, SinkReader::newer));
        return items.stream().filter(item -> isSame(newest.get(identity(item)), item)).toList();
    }

    private static boolean isSame(@Nullable SinkItem one, SinkItem other) {
        return one != null && one.position() == other.position();
    }

    private record RowIdentity(String aggregate, long windowStartMs, Map<?, ?> group) {}

    private static Object identity(SinkItem item) {
        return switch (item) {
            case SinkItem.RowItem(long _, var row, byte[] _) ->
                    new RowIdentity(row.aggregate(), row.windowStartMs(), row.group());
            case SinkItem.AlertItem(long _, String id, byte[] _) -> id;
            case SinkItem.EventItem(long position, byte[] _) -> position;
        };
    }

    /** A replay may bring an older state after a newer one. */
    private static SinkItem newer(SinkItem before, SinkItem after) {
        return before instanceof SinkItem.RowItem old
                        && after instanceof SinkItem.RowItem next
                        && old.row().revision() > next.row().revision()
                ? before
                : after;
    }
}
