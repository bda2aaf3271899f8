package dev.millrace.testing.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

class TcpProxyTest {
    /** Long enough that nothing of what is held back comes through by chance. */
    private static final int SILENCE_MS = 300;

    private static final int PATIENCE_MS = 60_000;

    private static final byte UNANSWERED = 7;

    private final AtomicLong received = new AtomicLong();
    private ServerSocket echo;
    private TcpProxy proxy;

    @BeforeEach
    void start() throws IOException {
        echo = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::serve);
        proxy = TcpProxy.to(echo.getLocalPort());
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        echo.close();
    }

    private void serve() {
        while (!echo.isClosed()) {
            try {
                Socket client = echo.accept();
                Thread.ofVirtual().start(() -> echo(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void echo(Socket client) {
        try (client) {
            for (int one = client.getInputStream().read();
                    one >= 0;
                    one = client.getInputStream().read()) {
                received.incrementAndGet();
                if (one != UNANSWERED) {
                    client.getOutputStream().write(one);
                }
            }
        } catch (IOException cut) {
            // As the test wants it.
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(PATIENCE_MS);
        return socket;
    }

    private static void send(Socket socket, int bytes) throws IOException {
        socket.getOutputStream().write(new byte[bytes]);
    }

    private static int receive(Socket socket, int bytes) throws IOException {
        return socket.getInputStream().readNBytes(bytes).length;
    }

    /** Whether the connection has ended, in whatever way; false if it is silent. */
    private static boolean isGone(Socket socket) {
        try {
            return receive(socket, 1) == 0;
        } catch (SocketTimeoutException silent) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    @Test
    void passesInBothDirectionsAndEndsInOrder() throws IOException {
        try (Socket socket = connect()) {
            send(socket, 100);
            assertThat(receive(socket, 100)).isEqualTo(100);
            socket.shutdownOutput();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        await().until(() -> proxy.connections() == 0);
    }

    @Test
    void aBlackholeAcceptsAndNeverAnswersUntilItIsHealed() throws IOException {
        proxy.blackhole();
        try (Socket socket = connect()) {
            send(socket, 1);
            socket.setSoTimeout(SILENCE_MS);
            assertThatThrownBy(() -> receive(socket, 1)).isInstanceOf(SocketTimeoutException.class);
            assertThat(received.get()).isZero();

            proxy.heal();
            socket.setSoTimeout(PATIENCE_MS);
            assertThat(receive(socket, 1)).isEqualTo(1);
        }
    }

    @Test
    void aDelayHoldsEachChunk() throws IOException {
        try (Socket socket = connect()) {
            proxy.delay(Duration.ofMinutes(5));
            send(socket, 1);
            socket.setSoTimeout(SILENCE_MS);
            assertThatThrownBy(() -> receive(socket, 1)).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void aCutResetsWhatIsOpenAndLetsFurtherConnectionsPass() throws IOException {
        try (Socket socket = connect()) {
            send(socket, 1);
            assertThat(receive(socket, 1)).isEqualTo(1);
            proxy.cut();
            assertThatThrownBy(() -> receive(socket, 1)).isInstanceOf(SocketException.class);
        }
        try (Socket socket = connect()) {
            send(socket, 1);
            assertThat(receive(socket, 1)).isEqualTo(1);
        }
    }

    @Test
    void aCutAfterSoManyBytesLetsExactlyThosePass() throws IOException {
        proxy.cutAfter(10);
        try (Socket socket = connect()) {
            byte[] bytes = new byte[25];
            Arrays.fill(bytes, UNANSWERED);
            socket.getOutputStream().write(bytes);
            assertThat(isGone(socket)).isTrue();
        }
        await().until(() -> received.get() == 10);
    }

    @Test
    void refusesUntilItIsHealed() throws IOException {
        proxy.refuse();
        try (Socket socket = connect()) {
            assertThat(isGone(socket)).isTrue();
        }
        proxy.heal();
        try (Socket socket = connect()) {
            send(socket, 1);
            assertThat(receive(socket, 1)).isEqualTo(1);
        }
    }
}
