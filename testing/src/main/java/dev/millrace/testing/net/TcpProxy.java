package dev.millrace.testing.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Stands between a client and a server on this machine: delays, cuts and swallows what passes. Safe
 * for use by many threads; its own are virtual and end with {@link #close}.
 */
public final class TcpProxy implements AutoCloseable {
    private static final int CHUNK_BYTES = 16 << 10;
    private static final long NEVER = Long.MAX_VALUE;

    /** What becomes of connections. */
    private enum Mode {
        PASS,
        /** Accepted, and nothing goes through in either direction; later it does. */
        BLACKHOLE,
        /** Reset as soon as they are accepted. */
        REFUSE
    }

    private final ServerSocket listener;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Mode mode = Mode.PASS;
    private Duration delay = Duration.ZERO;
    private long cutAfterBytes = NEVER;
    private volatile InetSocketAddress target;
    private volatile boolean closed;

    private TcpProxy(ServerSocket listener, InetSocketAddress target) {
        this.listener = listener;
        this.target = target;
    }

    /** In front of a port of this machine. */
    public static TcpProxy to(int port) {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try {
            TcpProxy proxy =
                    new TcpProxy(
                            new ServerSocket(0, 0, loopback),
                            new InetSocketAddress(loopback, port));
            Thread.ofVirtual().name("tcp-proxy").start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it listens, on loopback. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Further connections go to another port: that of the server's next start, say. */
    public void target(int port) {
        target = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Everything that passes, in either direction, takes so much longer a chunk. */
    public void delay(Duration each) {
        change(() -> delay = each);
    }

    /** From now on connections are accepted and stay open, but nothing goes through. */
    public void blackhole() {
        change(() -> mode = Mode.BLACKHOLE);
    }

    /** Resets all connections, and further ones too. */
    public void refuse() {
        change(() -> mode = Mode.REFUSE);
        cut();
    }

    /** Lets everything pass again, also what was held back. */
    public void heal() {
        change(() -> {
            mode = Mode.PASS;
            delay = Duration.ZERO;
            cutAfterBytes = NEVER;
        });
    }

    /** Resets all connections once; further ones pass. */
    public void cut() {
        links.forEach(Link::cut);
    }

    /** Once so many further bytes have gone to the server, cuts all connections, once. */
    public void cutAfter(long bytes) {
        change(() -> cutAfterBytes = bytes);
    }

    /** Connections that are open. */
    public int connections() {
        return links.size();
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = listener.accept();
                if (isRefused()) {
                    reset(client);
                } else {
                    connect(client);
                }
            } catch (IOException e) {
                // It was closed, or a client did not wait.
            }
        }
    }

    private boolean isRefused() {
        lock.lock();
        try {
            return mode == Mode.REFUSE;
        } finally {
            lock.unlock();
        }
    }

    private void connect(Socket client) throws IOException {
        Socket server = new Socket();
        try {
            server.connect(target);
        } catch (IOException e) {
            reset(client);
            throw e;
        }
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        Link link = new Link(client, server);
        links.add(link);
        Thread.ofVirtual().start(() -> pump(link, client, server, true));
        Thread.ofVirtual().start(() -> pump(link, server, client, false));
    }

    private void pump(Link link, Socket from, Socket to, boolean isToServer) {
        byte[] chunk = new byte[CHUNK_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                awaitPassage(link);
                int passing = isToServer ? allowed(read) : read;
                out.write(chunk, 0, passing);
                if (passing < read) {
                    cut();
                    return;
                }
            }
            to.shutdownOutput();
        } catch (IOException e) {
            link.cut();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (from.isOutputShutdown() || from.isClosed()) {
            link.close();
        }
    }

    /** How much of a chunk goes to the server before the cut that is due. */
    private int allowed(int read) {
        lock.lock();
        try {
            if (cutAfterBytes == NEVER) {
                return read;
            }
            if (cutAfterBytes < read) {
                int passing = (int) cutAfterBytes;
                cutAfterBytes = NEVER;
                return passing;
            }
            cutAfterBytes -= read;
            return read;
        } finally {
            lock.unlock();
        }
    }

    private void awaitPassage(Link link) throws InterruptedException {
        lock.lock();
        try {
            while (mode == Mode.BLACKHOLE && !link.isCut() && !closed) {
                changed.await();
            }
            long left = delay.toNanos();
            while (left > 0 && !link.isCut()) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Resets instead of ending orderly: the other side's next read fails. */
    private static void reset(Socket socket) {
        try (socket) {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // It is closed already.
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
        change(() -> mode = Mode.REFUSE);
    }

    private final class Link {
        private final Socket client;
        private final Socket server;

        private Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        private boolean isCut() {
            return client.isClosed();
        }

        private void cut() {
            reset(client);
            reset(server);
            end();
        }

        private void close() {
            try (client;
                    server) {
                end();
            } catch (IOException e) {
                // It is closed already.
            }
        }

        private void end() {
            links.remove(this);
            change(() -> {});
        }
    }
}
