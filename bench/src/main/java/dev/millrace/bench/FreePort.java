package dev.millrace.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** For servers that cannot choose a port by themselves. */
public final class FreePort {
    private FreePort() {}

    /** A port of the loopback address that is free now. */
    public static int find() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
