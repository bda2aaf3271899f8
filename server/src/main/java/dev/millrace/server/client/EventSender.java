package dev.millrace.server.client;

import dev.millrace.core.MillraceException;
import dev.millrace.core.pipeline.Durations;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Sends batches of NDJSON events to one pipeline, each until the server has it. Confined to one
 * thread, and one batch at a time, so that events are accepted in the order in which they are sent.
 *
 * <p>What was refused for want of room, or may not have arrived, is sent again with the same ids:
 * the server counts none twice within its dedupe horizon. A batch that is too large as a whole is
 * sent in halves.
 */
public final class EventSender {
    private final MillraceClient client;
    private final String pipeline;
    private final boolean history;
    private final Patience patience;

    /**
     * @param history whether the events are old ones, loaded beside the live ones
     */
    public EventSender(MillraceClient client, String pipeline, boolean history, Patience patience) {
        this.client = client;
        this.pipeline = pipeline;
        this.history = history;
        this.patience = patience;
    }

    /**
     * Sends the lines of a batch. Blocks until all of them are durable or rejected.
     *
     * @throws MillraceException if the server refuses them for good, or for longer than patience
     *     lasts; some of them may have been accepted then
     */
    public Receipt send(Batch batch) {
        Reply reply = insist(() -> client.ingest(pipeline, batch.bytes(), batch.length(), history));
        if (reply.succeeded()) {
            return Receipt.of(reply);
        }
        if (reply.status() == 413) {
            Optional<Batch.Halves> halves = batch.halves();
            if (halves.isPresent()) {
                return send(halves.get().first()).plus(send(halves.get().second()));
            }
        }
        throw refused(reply, batch.origin() + ": ");
    }

    /** Closes all windows of what was accepted. Blocks until the rows are visible. */
    public void advance() {
        Reply reply = insist(() -> client.advance(pipeline));
        if (!reply.succeeded()) {
            throw refused(reply, "");
        }
    }

    private Reply insist(Supplier<Reply> request) {
        long start = System.nanoTime();
        for (int attempt = 1; ; attempt++) {
            Duration wait;
            String trouble;
            try {
                Reply reply = request.get();
                if (reply.status() != 429 && reply.status() != 503) {
                    return reply;
                }
                wait =
                        reply.retryAfterSeconds().isPresent()
                                ? Duration.ofSeconds(reply.retryAfterSeconds().getAsLong())
                                : Patience.backoff(attempt);
                trouble = reply.detail();
            } catch (UnreachableException e) {
                wait = Patience.backoff(attempt);
                trouble = e.getMessage();
            }
            Duration spent = Duration.ofNanos(System.nanoTime() - start);
            Duration left = patience.retryFor().minus(spent);
            if (!left.isPositive()) {
                throw new MillraceException(
                        "gave up after %d %s in %s: %s"
                                .formatted(
                                        attempt,
                                        attempt == 1 ? "attempt" : "attempts",
                                        Durations.format(rounded(spent)),
                                        trouble));
            }
            pause(wait.compareTo(left) < 0 ? wait : left);
        }
    }

    private static Duration rounded(Duration spent) {
        return spent.compareTo(Duration.ofSeconds(1)) < 0
                ? Duration.ofMillis(spent.toMillis())
                : Duration.ofSeconds(spent.toSeconds());
    }

    private static void pause(Duration wait) {
        try {
            TimeUnit.NANOSECONDS.sleep(wait.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MillraceException("interrupted while waiting to send again", e);
        }
    }

    private MillraceException refused(Reply reply, String origin) {
        return new MillraceException(
                switch (reply.status()) {
                    case 401 -> "the server wants an API key; give one with --key";
                    case 403 -> "the API key does not allow this: " + reply.detail();
                    case 404 ->
                            "there is no pipeline \"%s\" at %s; create it with `millrace apply FILE`"
                                    .formatted(pipeline, client.server());
                    default -> origin + reply.detail();
                });
    }
}
