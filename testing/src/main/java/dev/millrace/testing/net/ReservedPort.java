package dev.millrace.testing.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;

/**
 * A port of the loopback address for a server that must be told one, chosen by the system and kept
 * for it until this is closed: while the server is not there, nobody else is given it. It is bound
 * without being listened on, which Linux lets be shared by servers that bind with {@code
 * SO_REUSEADDR}, and nearly all do.
 */
public final class ReservedPort implements AutoCloseable {
    private final SocketChannel holder;
    private final int number;

    public ReservedPort() {
        try {
            holder = SocketChannel.open();
            holder.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            holder.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            number = ((InetSocketAddress) holder.getLocalAddress()).getPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int number() {
        return number;
    }

    @Override
    public void close() {
        try {
            holder.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
