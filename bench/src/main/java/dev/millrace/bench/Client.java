package dev.millrace.bench;

import java.io.Closeable;
import java.io.IOException;

/** One connection to a server, and what is sent over it. Confined to its thread. */
public interface Client extends Closeable {
    /**
     * Sends events until the server has taken them.
     *
     * @return how often it refused
     */
    int send(byte[] events) throws IOException, InterruptedException;
}
