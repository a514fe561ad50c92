package io.leasehold.testkit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(60)
class NetworkLineITCase {

    /** Long enough for what is on its way; what does not come must not be waited for for ever. */
    private static final int PATIENCE_MILLIS = 300;

    private ServerSocket listener;
    private NetworkLine line;
    private Socket client;
    private Socket server;

    @BeforeEach
    void connect() throws IOException {
        listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        line = new NetworkLine(listener.getLocalPort());
        client = dial();
        server = listener.accept();
        server.setSoTimeout(PATIENCE_MILLIS);
        assertThat(passes(client, server)).isTrue();
        assertThat(passes(server, client)).isTrue();
    }

    private Socket dial() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), line.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
        line.close();
        listener.close();
    }

    private static boolean passes(Socket from, Socket to) throws IOException {
        from.getOutputStream().write(7);
        try {
            return to.getInputStream().read() == 7;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    @Test
    void aCutLineIsSilentBothWays() throws IOException {
        line.cut();

        assertThat(passes(client, server)).isFalse();
        assertThat(passes(server, client)).isFalse();
    }

    @Test
    void aLineCutForOneEndIsSilentForThatEndAlone() throws IOException {
        line.cut(NetworkLine.End.SERVER);

        assertThat(passes(client, server)).isFalse();
        assertThat(passes(server, client)).isTrue();
    }

    @Test
    void aResetIsToldToOneEndAndTheOtherHearsNothing() throws IOException {
        line.reset(NetworkLine.End.CLIENT);

        assertThatThrownBy(() -> client.getInputStream().read())
                .isInstanceOf(SocketException.class);
        assertThatThrownBy(() -> server.getInputStream().read())
                .isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void whoIsResetCannotConnectAnew() throws IOException {
        line.reset(NetworkLine.End.CLIENT);

        assertThatThrownBy(() -> dial().getInputStream().read())
                .isInstanceOf(SocketException.class);
    }

    @Test
    void whoIsNotToldConnectsAnewToNobody() throws IOException {
        line.reset(NetworkLine.End.SERVER);

        try (Socket again = dial()) {
            assertThatThrownBy(() -> again.getInputStream().read())
                    .isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void answersOfASlowLineComeLate() throws IOException {
        line.delay(Duration.ofMillis(PATIENCE_MILLIS * 3));

        assertThat(passes(client, server)).isTrue();
        assertThat(passes(server, client)).isFalse();
        client.setSoTimeout(PATIENCE_MILLIS * 60);
        assertThat(client.getInputStream().read()).isEqualTo(7);
    }

    @Test
    void aMendedLinePassesOnNewConnections() throws IOException {
        line.reset(NetworkLine.End.SERVER);
        line.mend();

        try (Socket again = dial();
                Socket accepted = listener.accept()) {
            accepted.setSoTimeout(PATIENCE_MILLIS * 60);
            assertThat(passes(again, accepted)).isTrue();
        }
    }
}
