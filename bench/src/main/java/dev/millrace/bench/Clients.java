package dev.millrace.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients of a server, a thread and a connection each. They share the batches of an input: whoever
 * is done takes the next, so that none falls behind in event time unless it is made to wait.
 */
public final class Clients {
    private final Input input;
    private final int count;
    private final Opening opening;

    /** Connects. */
    @FunctionalInterface
    public interface Opening {
        Client open() throws IOException;
    }

    /** One connection. Confined to its thread. */
    public interface Client extends AutoCloseable {
        /** Sends the events of a batch, and waits for what the server says to each request. */
        void send(byte[] batch) throws IOException, InterruptedException;

        @Override
        void close() throws IOException;
    }

    public Clients(Input input, int count, Opening opening) {
        this.input = input;
        this.count = count;
        this.opening = opening;
    }

    /**
     * Sends the batches {@code [from, to)}, and returns when all are answered.
     *
     * @throws ExecutionException if a client failed
     */
    public void send(long from, long to) throws ExecutionException, InterruptedException {
        AtomicLong next = new AtomicLong(from);
        List<Callable<Void>> work = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            work.add(() -> {
                try (Client client = opening.open()) {
                    long batch = next.getAndIncrement();
                    while (batch < to) {
                        client.send(body(batch));
                        batch = next.getAndIncrement();
                    }
                }
                return null;
            });
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
            for (Future<Void> one : threads.invokeAll(work)) {
                one.get();
            }
        }
    }

    private byte[] body(long batch) {
        synchronized (input) {
            return input.batch(batch).clone();
        }
    }

    /** A port of the loopback address that is free now. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
