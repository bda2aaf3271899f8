package dev.millrace.server.live;

import dev.millrace.core.Bound;

import java.time.Duration;
import java.util.List;

/**
 * What live streams may take of the server.
 *
 * @param readers streams that are open at one moment
 * @param feeds different queries that are answered at one moment
 * @param groups rows of one aggregate that one stream shows
 * @param heldBytes of all rows that are held for streams, about
 * @param bufferedBytes of all messages that wait for readers or are kept for their return
 * @param historyBytes of messages that one feed keeps for readers that come back
 * @param historyMessages likewise
 * @param readerBytes that may wait for one reader on top of its snapshot
 * @param patience how long a reader may take nothing of what waits for it
 * @param linger how long a feed goes on after its last reader has left
 */
public record LiveLimits(
        int readers,
        int feeds,
        int groups,
        long heldBytes,
        long bufferedBytes,
        long historyBytes,
        int historyMessages,
        long readerBytes,
        Duration patience,
        Duration linger) {
    /** Shortest time from one message with rows to the next. */
    static final Duration SPACING = Duration.ofMillis(250);

    static final Duration METRICS_EVERY = Duration.ofSeconds(1);
    static final Duration HEARTBEAT_EVERY = Duration.ofSeconds(15);

    /** Commits that may wait for a hub. */
    static final int COMMITS = 64;

    /** 5,000 readers, 10,000 groups; rows and messages an eighth of the heap each. */
    public static LiveLimits defaults() {
        long eighth = Math.max(16L << 20, Runtime.getRuntime().maxMemory() / 8);
        return new LiveLimits(
                5_000,
                2_000,
                10_000,
                eighth,
                eighth,
                1 << 20,
                240,
                4 << 20,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30));
    }

    /** For {@code /limits}. */
    public List<Bound> bounds() {
        return List.of(
                new Bound(
                        "live.readers",
                        readers,
                        "readers",
                        "live streams open at one moment; a further one is refused with 429"),
                new Bound(
                        "live.feeds",
                        feeds,
                        "feeds",
                        "different queries of live streams; a further one is refused with 429"),
                new Bound(
                        "live.aggregatesPerReader",
                        LiveQuery.MAX_AGGREGATES,
                        "aggregates",
                        "aggregates in one live stream"),
                new Bound(
                        "live.groups",
                        groups,
                        "rows",
                        "rows of one aggregate that one live stream shows; the others are left"
                                + " out, and the stream says so"),
                new Bound(
                        "live.heldBytes",
                        heldBytes,
                        "bytes",
                        "rows held for all live streams; past it likewise"),
                new Bound(
                        "live.bufferedBytes",
                        bufferedBytes,
                        "bytes",
                        "messages that wait for readers or their return; past it histories are cut"
                                + " short, then readers that are behind are cut off"),
                new Bound(
                        "live.historyBytes",
                        historyBytes,
                        "bytes",
                        "messages that one feed keeps for readers that come back; one who missed"
                                + " more gets a snapshot"),
                new Bound("live.historyMessages", historyMessages, "messages", "the same"),
                new Bound(
                        "live.readerBytes",
                        readerBytes,
                        "bytes",
                        "what waits for one reader besides its snapshot; past it the reader is cut"
                                + " off"),
                new Bound(
                        "live.patience",
                        patience.toMillis(),
                        "ms",
                        "how long a reader may take nothing; past it it is cut off"),
                new Bound(
                        "live.linger",
                        linger.toMillis(),
                        "ms",
                        "how long a feed goes on without readers"),
                new Bound(
                        "live.commitsWaiting",
                        COMMITS,
                        "commits",
                        "commits that wait for the live streams of a pipeline; past it their"
                                + " readers get a new snapshot"));
    }
}
