package dev.millrace.connect.http;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;

/**
 * Collects a body up to a bound. From there on nothing is read any more, which closes the
 * connection, and the outcome is empty. Called by the client, one call at a time.
 */
final class BoundedBody implements BodySubscriber<Optional<byte[]>> {
    private final int bytesMax;
    private final ByteArrayOutputStream collected = new ByteArrayOutputStream();
    private final CompletableFuture<Optional<byte[]>> body = new CompletableFuture<>();
    private @Nullable Subscription subscription;

    BoundedBody(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    @Override
    public CompletionStage<Optional<byte[]>> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription = given;
        given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        if (subscription == null || body.isDone()) {
            return;
        }
        int bytes = buffers.stream().mapToInt(ByteBuffer::remaining).sum();
        if (collected.size() + bytes > bytesMax) {
            subscription.cancel();
            boolean _ = body.complete(Optional.empty());
            return;
        }
        for (ByteBuffer buffer : buffers) {
            byte[] copy = new byte[buffer.remaining()];
            buffer.get(copy);
            collected.writeBytes(copy);
        }
        subscription.request(1);
    }

    @Override
    public void onError(Throwable failure) {
        boolean _ = body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        boolean _ = body.complete(Optional.of(collected.toByteArray()));
    }
}
